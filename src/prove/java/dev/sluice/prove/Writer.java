package dev.sluice.prove;

import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer: each run is one write, by chance to one of its long-lived documents or to one that is
 * inserted and left alone. Runs one after the other.
 */
final class Writer implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /** Of 100 writes. Most are changes of known documents: these have an order to lose. */
  private static final int SINGLE_INSERTS = 30;

  /** Of 100 writes to a long-lived document that is there. */
  private static final int DELETES = 5;

  private static final int REPLACES = 10;

  /** Characters beside the sequence: from a word to a page. */
  private static final int SHORTEST = 20;

  private static final int LONGEST = 800;

  /** A document that is written again and again; its deletes and inserts are writes like others. */
  private static final class Key {
    private final String name;
    private int generation;
    private int next;
    private boolean there;

    Key(String name) {
      this.name = name;
    }

    String document() {
      return name + "-" + generation;
    }

    void done(WriteKind kind) {
      next++;
      there = kind != WriteKind.DELETE;
    }

    /** Nobody knows what the document holds now: the next write makes another. */
    void abandon() {
      generation++;
      next = 0;
      there = false;
    }
  }

  private final String name;
  private final List<Key> keys = new ArrayList<>();
  private final MongoCollection<BsonDocument> collection;
  private final Ledger ledger;
  private final Random random;
  private long singles;

  Writer(
      String name,
      int keys,
      MongoCollection<BsonDocument> collection,
      Ledger ledger,
      Random random) {
    this.name = name;
    this.collection = collection;
    this.ledger = ledger;
    this.random = random;
    for (int n = 0; n < keys; n++) {
      this.keys.add(new Key(name + "-k" + n));
    }
  }

  @Override
  public void run() {
    if (keys.isEmpty() || random.nextInt(100) < SINGLE_INSERTS) {
      write(name + "-s" + singles++, 0, WriteKind.INSERT);
      return;
    }
    Key key = keys.get(random.nextInt(keys.size()));
    WriteKind kind = key.there ? change() : WriteKind.INSERT;
    if (write(key.document(), key.next, kind)) {
      key.done(kind);
    } else {
      key.abandon();
    }
  }

  private WriteKind change() {
    int chance = random.nextInt(100);
    if (chance < DELETES) {
      return WriteKind.DELETE;
    }
    return chance < DELETES + REPLACES ? WriteKind.REPLACE : WriteKind.UPDATE;
  }

  /** Whether it was acknowledged. */
  private boolean write(String document, int sequence, WriteKind kind) {
    AttemptedWrite write = ledger.begin(document, sequence, kind);
    try {
      if (!send(write)) {
        log.warn("{}: the document is not what it was left as", write);
        return false;
      }
    } catch (RuntimeException noAnswer) {
      log.debug("{}: {}", write, noAnswer.toString());
      return false;
    }
    ledger.acknowledge(write);
    return true;
  }

  /** Whether the answer says that it was done. */
  private boolean send(AttemptedWrite write) {
    BsonString id = new BsonString(write.document());
    BsonDocument query = new BsonDocument("_id", id);
    BsonDocument content =
        new BsonDocument(Writers.SEQUENCE, new BsonInt32(write.sequence())).append("text", text());
    return switch (write.kind()) {
      case INSERT -> {
        BsonDocument whole = new BsonDocument("_id", id);
        whole.putAll(content);
        yield collection.insertOne(whole).wasAcknowledged();
      }
      case UPDATE ->
          collection.updateOne(query, new BsonDocument("$set", content)).getModifiedCount() == 1;
      case REPLACE -> collection.replaceOne(query, content).getModifiedCount() == 1;
      case DELETE -> collection.deleteOne(query).getDeletedCount() == 1;
    };
  }

  private BsonString text() {
    int length = SHORTEST + random.nextInt(LONGEST - SHORTEST);
    return new BsonString(Integer.toString(random.nextInt(10)).repeat(length));
  }
}
