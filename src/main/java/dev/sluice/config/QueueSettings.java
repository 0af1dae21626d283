package dev.sluice.config;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A durable queue, as it is declared.
 *
 * @param arguments besides its type: texts, whole numbers and booleans
 */
public record QueueSettings(String name, QueueType type, Map<String, Object> arguments) {
  /** By the first of these RabbitMQ drops its oldest messages, unless told to refuse new ones. */
  private static final Set<String> LIMITS = Set.of("x-max-length", "x-max-length-bytes");

  private static final Set<String> TIMES = Set.of("x-message-ttl", "x-expires", "x-max-age");

  private static final String OVERFLOW = "x-overflow";
  private static final String DROPS = "drop-head";
  private static final String DEAD_LETTERS = "x-dead-letter-exchange";

  public QueueSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    arguments = Map.copyOf(arguments);
  }

  /** The names of the arguments by which RabbitMQ throws messages away that nobody has read. */
  public Set<String> throwingAway() {
    Set<String> names = new TreeSet<>(arguments.keySet());
    names.removeIf(name -> !throwsAway(name));
    return names;
  }

  private boolean throwsAway(String name) {
    if (arguments.containsKey(DEAD_LETTERS)) {
      return false;
    }
    return TIMES.contains(name)
        || LIMITS.contains(name) && DROPS.equals(arguments.getOrDefault(OVERFLOW, DROPS));
  }
}
