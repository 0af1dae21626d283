package dev.sluice.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.config.KeyTemplate.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the parts of {@link MessageProperties}. Each method takes what hears the rest of a sentence
 * for each problem.
 */
final class PropertiesReader {
  private static final String EXAMPLE =
      "must be a JSON object such as {\"player\": \"{document.player}\"}";

  /** All headers have to fit one frame, and each may have its 255 bytes. */
  private static final int MOST_HEADERS = 32;

  /** What a name of a field in AMQP may have (AMQP 0-9-1, 4.2.5.5). */
  private static final int NAME_CHARACTERS = 128;

  /** Those of every message, those of some formats, and those by which RabbitMQ routes. */
  private static final Set<String> TAKEN =
      Set.of(
          "operation",
          "database",
          "collection",
          "id",
          "idtype",
          "position",
          "capturedat",
          "replaced",
          "key",
          "transaction",
          "snapshot",
          "cc",
          "bcc");

  /** Of parked messages, of CloudEvents, of RabbitMQ. */
  private static final List<String> TAKEN_BEGINNINGS = List.of("parked", "cloudevents", "x-");

  private static final int MOST_PRIORITY = 255;

  /** RabbitMQ takes 2^32 - 1 ms, which is some hours more. */
  private static final Duration LONGEST = Duration.ofDays(49);

  private final TemplateReader templates;

  PropertiesReader(TemplateReader templates) {
    this.templates = templates;
  }

  Map<String, KeyTemplate> headers(JsonNode json, Consumer<String> wrong) {
    Map<String, KeyTemplate> headers = new LinkedHashMap<>();
    if (!json.isObject()) {
      wrong.accept(EXAMPLE);
      return headers;
    }
    if (json.size() > MOST_HEADERS) {
      wrong.accept("has more than " + MOST_HEADERS + " headers: leave some out");
    }
    json.properties().forEach(field -> addHeader(field.getKey(), field.getValue(), headers, wrong));
    return headers;
  }

  private void addHeader(
      String name, JsonNode value, Map<String, KeyTemplate> headers, Consumer<String> wrong) {
    Optional<String> problem = problemOfName(name);
    if (problem.isPresent()) {
      wrong.accept("has the header \"" + name + "\", " + problem.get());
    } else if (!value.isTextual()) {
      wrong.accept("has the header " + name + " with a value that is no text in quotes");
    } else {
      templates
          .read(
              value.textValue(), rest -> wrong.accept("has the header " + name + ", which " + rest))
          .ifPresent(template -> headers.put(name, template));
    }
  }

  /** RabbitMQ looks at some names whatever case they are in, and so do we. */
  private static Optional<String> problemOfName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (TAKEN.contains(lower) || TAKEN_BEGINNINGS.stream().anyMatch(lower::startsWith)) {
      return Optional.of("which Sluice or RabbitMQ has for itself: choose another name");
    }
    if (name.isBlank() || name.getBytes(StandardCharsets.UTF_8).length > NAME_CHARACTERS) {
      return Optional.of("whose name must have 1 to " + NAME_CHARACTERS + " bytes");
    }
    return Names.problemOfShortString(name).map(rest -> "whose name " + rest);
  }

  Optional<KeyTemplate> priority(String text, Consumer<String> wrong) {
    Optional<KeyTemplate> template = templates.read(text, wrong);
    if (template.isEmpty() || isPriority(template.get())) {
      return template;
    }
    wrong.accept(
        "must be a whole number from 0 to "
            + MOST_PRIORITY
            + ", or one value such as {document.urgency}, not \""
            + text
            + "\"");
    return Optional.empty();
  }

  private static boolean isPriority(KeyTemplate template) {
    Optional<String> constant = template.constant();
    return constant.isPresent()
        ? constant.get().matches("\\d{1,3}") && Integer.parseInt(constant.get()) <= MOST_PRIORITY
        : template.parts().size() == 1
            && (template.has(Kind.DOCUMENT) || template.has(Kind.BEFORE));
  }

  Optional<Duration> ttl(String text, Consumer<String> wrong) {
    try {
      Duration ttl = Durations.parse(text);
      if (!ttl.isZero() && ttl.compareTo(LONGEST) <= 0) {
        return Optional.of(ttl);
      }
      wrong.accept("must be from 1ms to " + LONGEST.toHours() + "h");
    } catch (IllegalArgumentException e) {
      wrong.accept("must be a duration: " + e.getMessage());
    }
    return Optional.empty();
  }

  /**
   * What does nothing, or is refused, at the queue that the messages are for.
   *
   * @param typeKey what the type of the queue is set by
   * @param argumentsKey what its arguments are set by
   */
  static Optional<String> problemWith(
      MessageProperties properties, QueueSettings queue, String typeKey, String argumentsKey) {
    boolean hasLevels = queue.arguments().containsKey("x-max-priority");
    if (queue.type() == QueueType.STREAM
        && (properties.priority().isPresent() || properties.ttl().isPresent())) {
      return Optional.of(
          "is for a queue, and \""
              + queue.name()
              + "\" is a stream, which knows none: remove it, and see x-max-age");
    }
    if (properties.priority().isEmpty()) {
      return Optional.empty();
    }
    if (queue.type() == QueueType.CLASSIC && !hasLevels) {
      return Optional.of(
          "does nothing without \"x-max-priority\": 10, or another number, in the "
              + argumentsKey
              + " of the queue \""
              + queue.name()
              + "\"");
    }
    return queue.type() == QueueType.QUORUM && hasLevels
        ? Optional.of(
            "needs another queue than \""
                + queue.name()
                + "\": RabbitMQ refuses x-max-priority for a quorum queue, so set "
                + typeKey
                + " to classic, or leave x-max-priority out")
        : Optional.empty();
  }
}
