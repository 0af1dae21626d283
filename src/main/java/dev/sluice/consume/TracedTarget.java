package dev.sluice.consume;

import dev.sluice.change.TraceParent;
import dev.sluice.trace.Spans;
import java.util.List;
import java.util.Objects;

/** A target whose batches are spans, which go on with the traces of their messages. */
public final class TracedTarget implements Target {
  /** What a span keeps unless its user has set another limit (OTEL_SPAN_LINK_COUNT_LIMIT). */
  private static final int MOST_CAUSES = 128;

  private final Target target;
  private final Spans spans;
  private final String queue;

  private TracedTarget(Target target, Spans spans, String queue) {
    this.target = target;
    this.spans = spans;
    this.queue = queue;
  }

  /** The same target, with a span for each batch that is applied. */
  public static Target.Opener opener(Target.Opener opener, Spans spans, String queue) {
    return () -> new TracedTarget(opener.open(), spans, queue);
  }

  @Override
  public void begin() {
    target.begin();
  }

  @Override
  public void apply(Batch batch) {
    Spans.Span span = spans.process(queue, causes(batch));
    String failure = "It was not applied";
    try {
      target.apply(batch);
      failure = null;
    } catch (TargetException e) {
      failure = e.getMessage();
      throw e;
    } finally {
      span.end(batch.events().size(), failure);
    }
  }

  private static List<TraceParent> causes(Batch batch) {
    return batch.events().stream()
        .map(Event::traceparent)
        .filter(Objects::nonNull)
        .distinct()
        .limit(MOST_CAUSES)
        .toList();
  }

  @Override
  public void close() {
    target.close();
  }
}
