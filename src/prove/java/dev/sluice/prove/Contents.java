package dev.sluice.prove;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/** What a writer puts into documents, and what a consumer is to see of it. For one thread. */
final class Contents {
  /** The field that holds which write of its document this is. */
  static final String SEQUENCE = "n";

  /** Not even the names of the last two leave: docs/FIELDS.md has the rules. */
  static final List<String> EXCLUDED = List.of("card.number", "items.note");

  static final String MASKED = "card.holder";
  static final String HASHED = "mail";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Characters beside the sequence: from a word to a page. */
  private static final int SHORTEST = 20;

  private static final int LONGEST = 800;

  /** The most bytes that a message may have in a run that parks what is larger. */
  static final int MESSAGE_LIMIT = 16 * 1024;

  /** As JSON over the limit, as BSON not: each of these line ends has an escape of two bytes. */
  private static final int LARGE_AS_JSON = 12 * 1024;

  /** Over it in any form. */
  private static final int LARGE = 20 * 1024;

  /**
   * A state of a document.
   *
   * @param fields all but the {@code _id}, for an insert or a replace
   * @param update for an update to it
   * @param seen the whole of it as a consumer may see it, by {@link Digest}
   */
  record Content(BsonDocument fields, BsonDocument update, String seen) {}

  private final Random random;
  private final Optional<HiddenText> hidden;

  /**
   * @param hidden what fills the fields that are hidden; nothing for documents without them
   */
  Contents(Random random, Optional<HiddenText> hidden) {
    this.random = random;
    this.hidden = hidden;
  }

  /** The state in which that write leaves that document. */
  Content next(String id, int sequence) {
    int length = SHORTEST + random.nextInt(LONGEST - SHORTEST);
    return content(id, sequence, Integer.toString(random.nextInt(10)).repeat(length));
  }

  /** The same, of which no message within {@link #MESSAGE_LIMIT} can be made. */
  Content tooLarge(String id, int sequence) {
    return content(
        id, sequence, random.nextBoolean() ? "\n".repeat(LARGE_AS_JSON) : "x".repeat(LARGE));
  }

  private Content content(String id, int sequence, String text) {
    BsonDocument fields = new BsonDocument(SEQUENCE, new BsonInt32(sequence));
    fields.append("text", new BsonString(text));
    ObjectNode seen = MAPPER.createObjectNode();
    seen.put("_id", id).put(SEQUENCE, sequence).put("text", text);
    BsonDocument update = new BsonDocument("$set", fields.clone());
    hidden.ifPresent(its -> hide(its, sequence, fields, update.getDocument("$set"), seen));
    return new Content(fields, update, digest(seen));
  }

  private void hide(
      HiddenText its, int sequence, BsonDocument fields, BsonDocument set, ObjectNode seen) {
    String mail = its.value(random);
    BsonDocument card =
        new BsonDocument("number", hiddenValue(its)).append("holder", hiddenValue(its));
    BsonDocument item =
        new BsonDocument("sku", new BsonInt32(sequence)).append("note", hiddenValue(its));
    fields.append("card", card).append(HASHED, new BsonString(mail));
    fields.append("items", new BsonArray(List.of(item)));
    set.append(HASHED, new BsonString(mail));
    if (random.nextBoolean()) {
      set.append("card", card).append("items", new BsonArray(List.of(item)));
    } else {
      card.forEach((name, value) -> set.append("card." + name, value));
      item.forEach((name, value) -> set.append("items.0." + name, value));
    }
    seen.putObject("card").put("holder", "***");
    seen.put(HASHED, its.digest(mail));
    seen.putArray("items").addObject().put("sku", sequence);
  }

  private BsonString hiddenValue(HiddenText its) {
    return new BsonString(its.value(random));
  }

  private static String digest(ObjectNode seen) {
    try {
      return Digest.of(MAPPER.writeValueAsBytes(seen));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of JSON can be written", e);
    }
  }
}
