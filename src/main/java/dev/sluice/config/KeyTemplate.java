package dev.sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the routing key of an event is made of: words as they stand, and values of the event in
 * braces. {@code {{} and {@code }}} stand for a brace.
 *
 * @param parts in their order
 */
public record KeyTemplate(List<Part> parts) {
  /** What stands in the place of a part. */
  public enum Kind {
    LITERAL,
    DATABASE,
    COLLECTION,
    OPERATION,
    ID,
    /** A value of the document, by its path. */
    DOCUMENT,
    /** A value of the document before the change, by its path. */
    BEFORE
  }

  /**
   * One part.
   *
   * @param text of a literal, itself; of a document, the path; else empty
   */
  public record Part(Kind kind, String text) {}

  private static final Map<String, Kind> NAMES =
      Map.of(
          "database", Kind.DATABASE,
          "collection", Kind.COLLECTION,
          "operation", Kind.OPERATION,
          "id", Kind.ID);

  private static final String DOCUMENT = "document.";
  private static final String BEFORE = "before.";

  /** What an operation may have: refineCollectionShardKey is the longest. */
  private static final int OPERATION_BYTES = 24;

  /** The template that most have. */
  public static final KeyTemplate DEFAULT = parse(SettingKey.SLUICE_ROUTING_KEY.defaultValue());

  public KeyTemplate {
    parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException if it is none; the message is the rest of a sentence
   */
  public static KeyTemplate parse(String text) {
    KeyTemplate template = new KeyTemplate(parts(text));
    if (template.fixedBytes() > Names.SHORT_STRING_BYTES) {
      throw new IllegalArgumentException(
          "its own words and the operation may be longer than the "
              + Names.SHORT_STRING_BYTES
              + " bytes of a routing key: shorten them");
    }
    return template;
  }

  /** These words and nothing else. */
  static KeyTemplate of(String words) {
    return new KeyTemplate(List.of(new Part(Kind.LITERAL, words)));
  }

  private static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("{{", at) || text.startsWith("}}", at)) {
        literal.append(c);
        at += 2;
      } else if (c == '}') {
        throw new IllegalArgumentException("a } closes nothing: write }} for the character");
      } else if (c == '{') {
        int end = text.indexOf('}', at);
        if (end < 0) {
          throw new IllegalArgumentException("a { is not closed: write {{ for the character");
        }
        addLiteral(literal, parts);
        parts.add(part(text.substring(at + 1, end)));
        at = end + 1;
      } else {
        literal.append(c);
        at++;
      }
    }
    addLiteral(literal, parts);
    return parts;
  }

  private static void addLiteral(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Part(Kind.LITERAL, literal.toString()));
      literal.setLength(0);
    }
  }

  private static Part part(String name) {
    Kind kind = NAMES.get(name);
    if (kind != null) {
      return new Part(kind, "");
    }
    if (name.startsWith(DOCUMENT)) {
      return new Part(Kind.DOCUMENT, path(name, DOCUMENT));
    }
    if (name.startsWith(BEFORE)) {
      return new Part(Kind.BEFORE, path(name, BEFORE));
    }
    throw new IllegalArgumentException(
        "{"
            + name
            + "} is nothing that an event has: there are {database}, {collection}, {operation}, {id},"
            + " {document.<path>} and {before.<path>}");
  }

  private static String path(String name, String prefix) {
    String path = name.substring(prefix.length());
    if (path.startsWith(".") || path.endsWith(".") || path.contains("..") || path.isEmpty()) {
      throw new IllegalArgumentException(
          "{" + name + "} has no path of a field, such as {document.player.name}");
    }
    return path;
  }

  private int fixedBytes() {
    return parts.stream()
        .mapToInt(
            part ->
                part.kind() == Kind.OPERATION
                    ? OPERATION_BYTES
                    : part.kind() == Kind.LITERAL
                        ? part.text().getBytes(StandardCharsets.UTF_8).length
                        : 0)
        .sum();
  }

  /** Whether it has a part of this kind. */
  public boolean has(Kind kind) {
    return parts.stream().anyMatch(part -> part.kind() == kind);
  }

  /** The one key that it makes, if it is of no value. */
  public Optional<String> constant() {
    return parts.stream().allMatch(part -> part.kind() == Kind.LITERAL)
        ? Optional.of(parts.stream().map(Part::text).collect(Collectors.joining()))
        : Optional.empty();
  }

  /** Whether all events of one collection and one operation have the same key. */
  public boolean isOfOrigin() {
    return !has(Kind.ID) && !has(Kind.DOCUMENT) && !has(Kind.BEFORE);
  }
}
