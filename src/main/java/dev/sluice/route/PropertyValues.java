package dev.sluice.route;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.change.TraceParent;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The headers, the priority and the expiration that somebody wants on his messages, filled in for
 * an event, and its traceparent. Their texts are made and cut as {@link RoutingKeys} are.
 * Immutable.
 */
public final class PropertyValues {
  /** A longer number is no priority anybody meant. */
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d{1,9}");

  /** AMQP's type for it is an octet (AMQP 0-9-1, 1.8.3.5). */
  private static final int MOST = 255;

  private final Map<String, RoutingKeys> headers = new LinkedHashMap<>();
  private final Optional<TraceField> trace;
  private final Optional<RoutingKeys> priority;
  private final Optional<Integer> constantPriority;
  private final Optional<String> expiration;

  PropertyValues(MessageProperties properties, Optional<TraceField> trace) {
    this.trace = trace;
    properties.headers().forEach((name, value) -> headers.put(name, new RoutingKeys(value)));
    this.constantPriority =
        properties.priority().flatMap(KeyTemplate::constant).flatMap(PropertyValues::number);
    this.priority =
        constantPriority.isPresent()
            ? Optional.empty()
            : properties.priority().map(RoutingKeys::new);
    this.expiration = properties.ttl().map(ttl -> Long.toString(ttl.toMillis()));
  }

  /** Whether {@link #priority} and {@link #expiration} are the same for all events. */
  public boolean isConstant() {
    return priority.isEmpty();
  }

  /**
   * The headers of an event; one of which nothing is there is left out.
   *
   * @param event null for what has no document
   * @param namespace null for everything
   * @param id the {@code _id} as text; empty without a document
   */
  public Map<String, Object> headers(
      ChangeEvent event, Namespace namespace, String operation, String id) {
    if (headers.isEmpty() && trace.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> filled = new LinkedHashMap<>();
    headers.forEach(
        (name, template) -> {
          String text = text(template, event, namespace, operation, id);
          if (!text.isEmpty()) {
            filled.put(name, text);
          }
        });
    if (event != null) {
      trace
          .flatMap(field -> field.of(event))
          .ifPresent(parent -> filled.put(TraceParent.HEADER, parent.text()));
    }
    return filled;
  }

  /** From 0 to 255, the nearest where it would be another; nothing where there is no number. */
  public Optional<Integer> priority(
      ChangeEvent event, Namespace namespace, String operation, String id) {
    return priority.isEmpty()
        ? constantPriority
        : number(text(priority.get(), event, namespace, operation, id));
  }

  /** In milliseconds, as AMQP has it. */
  public Optional<String> expiration() {
    return expiration;
  }

  private static String text(
      RoutingKeys template, ChangeEvent event, Namespace namespace, String operation, String id) {
    return event == null ? template.of(namespace, operation) : template.of(event, namespace, id);
  }

  private static Optional<Integer> number(String text) {
    return WHOLE_NUMBER.matcher(text).matches()
        ? Optional.of(Math.max(0, Math.min(MOST, Integer.parseInt(text))))
        : Optional.empty();
  }
}
