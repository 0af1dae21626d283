package dev.sluice.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What somebody wants on his messages beside what all messages have.
 *
 * @param headers what each is made of, by name
 * @param priority what it is made of: a whole number, or a value of the document
 * @param ttl how long a queue keeps a message that nobody reads, in whole milliseconds
 */
public record MessageProperties(
    Map<String, KeyTemplate> headers, Optional<KeyTemplate> priority, Optional<Duration> ttl) {
  /** As most messages are. */
  public static final MessageProperties NONE =
      new MessageProperties(Map.of(), Optional.empty(), Optional.empty());

  public MessageProperties {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    Objects.requireNonNull(priority, "priority");
    Objects.requireNonNull(ttl, "ttl");
  }
}
