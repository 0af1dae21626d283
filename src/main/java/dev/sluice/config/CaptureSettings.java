package dev.sluice.config;

import java.util.Objects;
import java.util.Set;

/**
 * What is captured.
 *
 * @param pipeline the name under which the position is kept
 * @param operations which of insert, update, replace and delete are published
 * @param updateLookup whether an update carries the document as it is when the event is read
 * @param batchSize how many events the server puts into one reply at the most
 */
public record CaptureSettings(
    String pipeline,
    String collection,
    Set<String> operations,
    boolean updateLookup,
    int batchSize) {
  public CaptureSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(collection, "collection");
    operations = Set.copyOf(operations);
  }
}
