package dev.sluice.route;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Namespace;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.KeyTemplate.Kind;
import dev.sluice.config.KeyTemplate.Part;
import java.nio.charset.StandardCharsets;

/**
 * The routing keys of events, by a template; of the default one {@code
 * <database>.<collection>.<operation>}, without the collection where the event concerns all of a
 * database, and {@code sluice.<operation>} where it concerns everything. docs/ROUTING.md has the
 * rules. Immutable.
 */
public final class RoutingKeys {
  /** AMQP short strings end there (AMQP 0-9-1, 4.2.5.3). */
  private static final int MAX_BYTES = 255;

  /** No character has more bytes of UTF-8 for each of its UTF-16 units. */
  private static final int MOST_BYTES_OF_UNIT = 3;

  /** The first word of what is not of one database. */
  private static final String EVERYTHING = "sluice";

  private final KeyTemplate template;
  private final boolean isDefault;
  private final boolean isOfOrigin;

  public RoutingKeys(KeyTemplate template) {
    this.template = template;
    this.isDefault = template.equals(KeyTemplate.DEFAULT);
    this.isOfOrigin = template.isOfOrigin();
  }

  /** Whether {@link #of(Namespace, String)} says it for every event of a document too. */
  public boolean isOfOrigin() {
    return isOfOrigin;
  }

  /**
   * The key of what has no document: values of one are empty.
   *
   * @param namespace null for everything
   */
  public String of(Namespace namespace, String operation) {
    return isDefault ? byDefault(namespace, operation) : fill(null, namespace, operation, "");
  }

  /**
   * The key of an event of a document.
   *
   * @param event in the shape in which it leaves
   * @param id its {@code _id} as text
   */
  public String of(ChangeEvent event, Namespace namespace, String id) {
    return fill(event, namespace, event.operation().text(), id);
  }

  /**
   * A namespace may have 255 bytes for itself; the end of such a collection's name is cut off, so
   * that the operation still stands where consumers look for it.
   */
  private static String byDefault(Namespace namespace, String operation) {
    String tail = "." + operation;
    String head = namespace == null ? EVERYTHING : namespace.toString();
    return cut(head, MAX_BYTES - tail.length()) + tail;
  }

  private String fill(ChangeEvent event, Namespace namespace, String operation, String id) {
    String[] texts = new String[template.parts().size()];
    int units = 0;
    for (int i = 0; i < texts.length; i++) {
      texts[i] = text(template.parts().get(i), event, namespace, operation, id);
      units += texts[i].length();
    }
    if (units > MAX_BYTES / MOST_BYTES_OF_UNIT) {
      shorten(texts);
    }
    return String.join("", texts);
  }

  private static String text(
      Part part, ChangeEvent event, Namespace namespace, String operation, String id) {
    return switch (part.kind()) {
      case LITERAL -> part.text();
      case DATABASE -> namespace == null ? EVERYTHING : namespace.database();
      case COLLECTION ->
          namespace == null || namespace.collection() == null ? "" : namespace.collection();
      case OPERATION -> operation;
      case ID -> id;
      case DOCUMENT -> value(event, Field.FULL_DOCUMENT, part.text());
      case BEFORE -> value(event, Field.BEFORE, part.text());
    };
  }

  private static String value(ChangeEvent event, Field image, String path) {
    return event == null ? "" : ScalarText.at(event, image, path);
  }

  /** Takes the ends of the longest values away; the template's own words and the operation stay. */
  private void shorten(String[] texts) {
    int bytes = 0;
    for (String text : texts) {
      bytes += bytes(text);
    }
    while (bytes > MAX_BYTES) {
      int longest = longestValue(texts);
      int before = bytes(texts[longest]);
      texts[longest] = cut(texts[longest], Math.max(0, before - (bytes - MAX_BYTES)));
      bytes -= before - bytes(texts[longest]);
    }
  }

  private int longestValue(String[] texts) {
    int longest = -1;
    for (int i = 0; i < texts.length; i++) {
      Kind kind = template.parts().get(i).kind();
      if (kind != Kind.LITERAL
          && kind != Kind.OPERATION
          && (longest < 0 || bytes(texts[i]) > bytes(texts[longest]))) {
        longest = i;
      }
    }
    return longest;
  }

  /** As much of it, between two characters, as has so many bytes. */
  private static String cut(String text, int most) {
    if (text.length() <= most / MOST_BYTES_OF_UNIT) {
      return text;
    }
    // Each unit has a byte at least: what is far too long is not gone through by characters.
    String cut = text.length() > most ? whole(text, most) : text;
    while (bytes(cut) > most) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }

  private static String whole(String text, int units) {
    boolean splits = units > 0 && Character.isHighSurrogate(text.charAt(units - 1));
    return text.substring(0, splits ? units - 1 : units);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
