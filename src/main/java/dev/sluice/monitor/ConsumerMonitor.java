package dev.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.monitor.Health.Check;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Tells how a consumer is. */
public final class ConsumerMonitor implements Monitored {
  private static final double MILLIS_PER_SECOND = 1e3;

  private static final String WORKS = "STREAMING";

  private static final List<String> STATES = List.of("STARTING", WORKS, "BACKING_OFF");

  /** As for the pipeline: while batch follows batch, more of that age is to come. */
  private static final long CATCHING_UP_MILLIS = 1_000;

  private final About about;
  private final int batch;
  private final ConsumerCounts counts;
  private final StateNotes notes;
  private final Clock clock;
  private final Latency latency;
  private final History history = new History();
  private final Rate rate = new Rate(System::nanoTime);

  /**
   * @param about the source is the queue, and the outlet the target
   * @param batch how many events a batch has at the most
   */
  public ConsumerMonitor(
      About about, int batch, ConsumerCounts counts, StateNotes notes, Clock clock) {
    this.about = about;
    this.batch = batch;
    this.counts = counts;
    this.notes = notes;
    this.clock = clock;
    this.latency = new Latency(counts.batches());
  }

  @Override
  public synchronized void sample() {
    history.add(
        new History.Sample(
            rate.since(counts.events()), lagSeconds(), latency.look(), counts.underWay()));
  }

  /** Since the commit of the oldest change that is at hand and not applied. */
  double lagSeconds() {
    OptionalLong oldest = counts.oldestMillis();
    if (oldest.isPresent()) {
      return since(oldest.getAsLong());
    }
    OptionalLong last = counts.lastCommitMillis();
    boolean justApplied = clock.millis() - counts.lastAppliedMillis() < CATCHING_UP_MILLIS;
    // What it took is told in whole seconds.
    return last.isPresent() && justApplied && since(last.getAsLong()) > 2
        ? since(last.getAsLong())
        : 0;
  }

  private double since(long millis) {
    return Math.max(0, clock.millis() - millis) / MILLIS_PER_SECOND;
  }

  /** Whatever a consumer waits for is outside of it, so no restart would help. */
  @Override
  public Health health() {
    StateNotes.State state = notes.state();
    return new Health(
        List.of(),
        List.of(
            new Check("state", state.name().equals(WORKS), state.name() + ": " + state.reason())));
  }

  @Override
  public ObjectNode status(boolean brief) {
    ObjectNode json = StatusJson.of("consumer", about, notes.state(), health());
    OptionalLong behind = counts.behind();
    json.putObject("source")
        .put("address", about.source().address())
        .put("queue", about.source().what())
        .put("received", counts.receivedMessages())
        .put("behind", behind.isPresent() ? behind.getAsLong() : null);
    json.putNull("encoder");
    json.putNull("broker");
    json.putObject("target")
        .put("uri", about.outlet().address())
        .put("documents", counts.documents())
        .put("events", counts.events());
    json.putObject("inFlight").put("messages", counts.underWay()).put("messagesLimit", batch);
    StatusJson.addOperations(json, counts.operations());
    json.put("lagSeconds", History.rounded(lagSeconds()));
    StatusJson.addLatency(json, latency);
    json.putNull("lastConfirmedAt");
    json.putNull("positionSavedAt");
    json.putNull("lease");
    json.putObject("counts")
        .put("parked", counts.parked().values().stream().mapToLong(Long::longValue).sum())
        .put("retries", counts.retries());
    json.putNull("snapshot");
    StatusJson.addFailures(json, notes);
    if (!brief) {
      StatusJson.addSettingsAndHistory(json, about, history);
    }
    return json;
  }

  @Override
  public List<MetricSnapshot> metrics() {
    Exposition metrics = new Exposition();
    metrics.info(Metric.BUILD_INFO, about.version());
    metrics.state(Metric.STATE, STATES, notes.state().name());
    metrics.counters(Metric.FAILURES, notes.failuresByKind());
    metrics.gauge(Metric.CONSUME_LAG, lagSeconds());
    counts.behind().ifPresent(behind -> metrics.gauge(Metric.CONSUME_BEHIND, behind));
    metrics.counters(Metric.CONSUME_EVENTS, counts.operations());
    metrics.counter(Metric.CONSUME_DOCUMENTS, counts.documents());
    metrics.histogram(Metric.CONSUME_BATCHES, counts.batches());
    metrics.counters(Metric.CONSUME_PARKED, counts.parked());
    metrics.counter(Metric.CONSUME_RETRIES, counts.retries());
    OptionalLong last = counts.lastCommitMillis();
    metrics.seconds(
        Metric.CONSUME_POSITION,
        last.isPresent() ? Optional.of(Instant.ofEpochMilli(last.getAsLong())) : Optional.empty());
    return metrics.snapshots();
  }
}
