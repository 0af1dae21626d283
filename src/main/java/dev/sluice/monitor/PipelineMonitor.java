package dev.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Position;
import dev.sluice.config.DeliverySettings;
import dev.sluice.monitor.Health.Check;
import dev.sluice.monitor.SnapshotFigures.Figures;
import dev.sluice.pipeline.InFlight;
import dev.sluice.pipeline.PipelineMeter.Side;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Tells how a pipeline is. */
public final class PipelineMonitor implements Monitored {
  private static final double MILLIS_PER_SECOND = 1e3;

  private static final List<String> STATES =
      Arrays.stream(PipelineState.values()).map(PipelineState::name).toList();

  /** What works, or could at once. A queue that is full does not keep the pipeline from working. */
  private static final Set<PipelineState> READY =
      EnumSet.of(PipelineState.STREAMING, PipelineState.THROTTLED, PipelineState.STANDBY);

  /** Where all that is to be confirmed is in the window, or comes into it at once. */
  private static final Set<PipelineState> READING =
      EnumSet.of(
          PipelineState.STREAMING,
          PipelineState.THROTTLED,
          PipelineState.BLOCKED,
          PipelineState.DRAINING);

  /**
   * While more is confirmed than so long ago, and was old when it was, there is more of it to come:
   * the window is empty only until MongoDB's next reply is here.
   */
  private static final long CATCHING_UP_MILLIS = 1_000;

  private final About about;
  private final DeliverySettings limits;
  private final PipelineSupervisor pipeline;
  private final PipelineCounts counts;
  private final StateNotes notes;
  private final ThreadPulse threads;
  private final SnapshotFigures snapshots;
  private final Clock clock;
  private final Latency latency;
  private final History history = new History();
  private final Rate rate = new Rate(System::nanoTime);

  /**
   * @param limits of what is in flight
   * @param counts what the pipeline counts on
   * @param notes told of the pipeline's states
   * @param estimate about how many documents the snapshot of that name has to read
   */
  public PipelineMonitor(
      About about,
      DeliverySettings limits,
      PipelineSupervisor pipeline,
      PipelineCounts counts,
      StateNotes notes,
      ThreadPulse threads,
      Function<String, OptionalLong> estimate,
      Clock clock) {
    this.about = about;
    this.limits = limits;
    this.pipeline = pipeline;
    this.counts = counts;
    this.notes = notes;
    this.threads = threads;
    this.snapshots = new SnapshotFigures(pipeline, estimate, System::nanoTime);
    this.clock = clock;
    this.latency = new Latency(counts.confirmDurations());
  }

  @Override
  public synchronized void sample() {
    threads.ask();
    history.add(
        new History.Sample(
            rate.since(counts.confirmed()),
            lagSeconds(),
            latency.look(),
            pipeline.inFlight().messages()));
  }

  /** Since the commit of the oldest change that is not confirmed. Never negative. */
  double lagSeconds() {
    String state = notes.state().name();
    if (state.equals(PipelineState.STANDBY.name())) {
      return 0;
    }
    InFlight inFlight = pipeline.inFlight();
    if (inFlight.messages() > 0) {
      return since(counts.committedMillis(inFlight.oldest()));
    }
    if (READING.contains(PipelineState.valueOf(state))) {
      double last = since(counts.lastConfirmedCommitMillis());
      boolean catchingUp =
          counts.sinceLastConfirmMillis() < CATCHING_UP_MILLIS
              && last * MILLIS_PER_SECOND > CATCHING_UP_MILLIS;
      return catchingUp ? last : 0;
    }
    return pipeline
        .position()
        .flatMap(Position::clusterTime)
        .map(time -> since(Integer.toUnsignedLong(time.getTime()) * 1_000))
        .orElse(0.0);
  }

  private double since(long millis) {
    return Math.max(0, clock.millis() - millis) / MILLIS_PER_SECOND;
  }

  @Override
  public Health health() {
    List<Check> live = new ArrayList<>();
    threads
        .wellByName()
        .forEach(
            (name, well) ->
                live.add(
                    new Check(
                        "thread " + name,
                        well,
                        well
                            ? "works"
                            : "The thread "
                                + name
                                + " has done nothing for a minute: have the process started anew"
                                + " (kill -QUIT shows where it stands)")));
    StateNotes.State state = notes.state();
    boolean ready = READY.contains(PipelineState.valueOf(state.name()));
    boolean standby = state.name().equals(PipelineState.STANDBY.name());
    List<Check> checks =
        List.of(
            new Check("state", ready, state.name() + ": " + state.reason()),
            side(Side.SOURCE, about.source(), false),
            side(Side.BROKER, about.outlet(), standby),
            new Check("lease", true, pipeline.holdsLease() ? "held" : "not held"));
    return new Health(live, checks);
  }

  /** Why it fails stands in the state: here it is told which side it is. */
  private Check side(Side side, About.Place place, boolean unused) {
    String name = side == Side.SOURCE ? "MongoDB" : "RabbitMQ";
    boolean broken = !unused && counts.isBroken(side);
    return new Check(
        PipelineCounts.name(side),
        !broken,
        broken
            ? name + " at " + place.address() + " does not work"
            : unused ? "not needed while standing by" : "nothing is known against " + name);
  }

  @Override
  public ObjectNode status(boolean brief) {
    StateNotes.State state = notes.state();
    ObjectNode json = StatusJson.of("pipeline", about, state, health());
    addStages(json);
    StatusJson.addOperations(json, counts.operations());
    json.put("lagSeconds", History.rounded(lagSeconds()));
    StatusJson.addLatency(json, latency);
    StatusJson.put(json, "lastConfirmedAt", counts.lastConfirmed());
    StatusJson.put(json, "positionSavedAt", counts.positionSaved());
    json.putObject("lease").put("held", pipeline.holdsLease());
    json.putObject("counts")
        .put("parked", sum(counts.parked()))
        .put("repeats", counts.repeats())
        .put("gaps", counts.operations().get(PipelineCounts.GAP))
        .put("reconnectsSource", counts.reconnects(Side.SOURCE))
        .put("reconnectsBroker", counts.reconnects(Side.BROKER));
    addSnapshot(json);
    StatusJson.addFailures(json, notes);
    if (!brief) {
      StatusJson.addSettingsAndHistory(json, about, history);
    }
    return json;
  }

  private void addStages(ObjectNode json) {
    json.putObject("source")
        .put("address", about.source().address())
        .put("scope", about.source().what())
        .put("received", counts.received())
        .put("receivedBytes", counts.receivedBytes())
        .put("headroomSeconds", seconds(pipeline.untilPositionIsLost()))
        .put("windowSeconds", seconds(pipeline.logLength()))
        .put("broken", counts.isBroken(Side.SOURCE));
    json.putObject("encoder").put("encoded", counts.encoded());
    json.putObject("broker")
        .put("address", about.outlet().address())
        .put("outlet", about.outlet().what())
        .put("published", counts.published())
        .put("confirmed", counts.confirmed())
        .put("confirmedBytes", counts.confirmedBytes())
        .put("blocked", notes.state().name().equals(PipelineState.BLOCKED.name()))
        .put("broken", counts.isBroken(Side.BROKER));
    InFlight inFlight = pipeline.inFlight();
    json.putObject("inFlight")
        .put("messages", inFlight.messages())
        .put("messagesLimit", limits.maxInFlight())
        .put("bytes", inFlight.bytes())
        .put("bytesLimit", limits.maxInFlightBytes());
  }

  private static Long seconds(Optional<Duration> duration) {
    return duration.map(Duration::toSeconds).orElse(null);
  }

  private void addSnapshot(ObjectNode json) {
    Optional<Figures> running = snapshots.now();
    if (running.isEmpty()) {
      json.putNull("snapshot");
      return;
    }
    Figures figures = running.get();
    json.putObject("snapshot")
        .put("documents", figures.documents())
        .put("estimated", orNull(figures.estimated()))
        .put("rangesLeft", figures.rangesLeft())
        .put("perSecond", History.rounded(figures.perSecond()))
        .put("secondsLeft", orNull(figures.secondsLeft()));
  }

  private static Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static long sum(Map<String, Long> counted) {
    return counted.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public List<MetricSnapshot> metrics() {
    Exposition metrics = new Exposition();
    metrics.info(Metric.BUILD_INFO, about.version());
    metrics.state(Metric.STATE, STATES, notes.state().name());
    metrics.counters(Metric.FAILURES, notes.failuresByKind());
    metrics.gauge(Metric.LAG, lagSeconds());
    pipeline
        .untilPositionIsLost()
        .ifPresent(left -> metrics.gauge(Metric.OPLOG_HEADROOM, left.toSeconds()));
    pipeline
        .logLength()
        .ifPresent(length -> metrics.gauge(Metric.OPLOG_WINDOW, length.toSeconds()));
    metrics.seconds(Metric.LAST_CONFIRMED, counts.lastConfirmed());
    metrics.seconds(Metric.POSITION_SAVED, counts.positionSaved());
    addCounts(metrics);
    InFlight inFlight = pipeline.inFlight();
    metrics.gauge(Metric.IN_FLIGHT_MESSAGES, inFlight.messages());
    metrics.gauge(Metric.IN_FLIGHT_MESSAGES_LIMIT, limits.maxInFlight());
    metrics.gauge(Metric.IN_FLIGHT_BYTES, inFlight.bytes());
    metrics.gauge(Metric.IN_FLIGHT_BYTES_LIMIT, limits.maxInFlightBytes());
    metrics.gauge(Metric.LEASE_HELD, pipeline.holdsLease() ? 1 : 0);
    Optional<Figures> snapshot = snapshots.now();
    metrics.gauge(
        Metric.SNAPSHOT_DOCUMENTS, snapshot.map(figures -> figures.documents()).orElse(0L));
    metrics.gauge(Metric.SNAPSHOT_RANGES, snapshot.map(figures -> figures.rangesLeft()).orElse(0));
    return metrics.snapshots();
  }

  private void addCounts(Exposition metrics) {
    metrics.counter(Metric.RECEIVED, counts.received());
    metrics.counter(Metric.RECEIVED_BYTES, counts.receivedBytes());
    metrics.counters(Metric.EVENTS, counts.operations());
    metrics.counter(Metric.PUBLISHED_BYTES, counts.publishedBytes());
    metrics.histogram(Metric.CONFIRM_DURATION, counts.confirmDurations());
    metrics.counter(Metric.BLOCKED, notes.blocked().toMillis() / MILLIS_PER_SECOND);
    metrics.counters(Metric.PARKED, counts.parked());
    metrics.counter(Metric.REPEATS, counts.repeats());
    metrics.counter(Metric.GAPS, counts.operations().get(PipelineCounts.GAP));
    Map<String, Long> reconnects = new LinkedHashMap<>();
    for (Side side : Side.values()) {
      reconnects.put(PipelineCounts.name(side), counts.reconnects(side));
    }
    metrics.counters(Metric.RECONNECTS, reconnects);
  }
}
