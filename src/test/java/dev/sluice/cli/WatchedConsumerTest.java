package dev.sluice.cli;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.EffectiveSettings;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.GivenEvents;
import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.monitor.About;
import dev.sluice.monitor.ConsumerCounts;
import dev.sluice.monitor.ConsumerMonitor;
import dev.sluice.monitor.Metric;
import dev.sluice.monitor.StateNotes;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is told of a consumer moves with its queue and its target. */
class WatchedConsumerTest {
  private static final Event INSERT = insert(PLAYS, key(1), position(1), "{\"_id\":1}");
  private static final Event DELETE = delete(PLAYS, key(1), position(3));

  /** Ten seconds behind the first event, and eight behind the last. */
  private Instant now = Instant.ofEpochSecond(GivenEvents.BEGIN + 11);

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final StateNotes notes = new StateNotes(clock, List.of("TRANSIENT", "MISCONFIGURED"));
  private final ConsumerCounts counts =
      new ConsumerCounts(
          List.of("insert", "delete"), List.of("refused", "behind", "damaged"), notes, clock);
  private final About about =
      new About(
          "9.9.9",
          "copy",
          "process 1 on host",
          Instant.EPOCH,
          new About.Place("rabbit:5672", "plays"),
          new About.Place("file:plays.jsonl", "target"),
          new EffectiveSettings(List.of()));
  private final ConsumerMonitor monitor = new ConsumerMonitor(about, 500, counts, notes, clock);

  /** What the store does with a batch. */
  private Consumer<Batch> store = batch -> {};

  private Message parked;

  /** How far behind the queue says that its reader is; null where it cannot say. */
  private OptionalLong behind = OptionalLong.empty();

  private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();

  private final Target target =
      WatchedTarget.opener(
              () ->
                  new Target() {
                    @Override
                    public void apply(Batch batch) {
                      store.accept(batch);
                    }

                    @Override
                    public void close() {}
                  },
              counts)
          .open();

  private final Inbox.Opener inboxes =
      () ->
          new Inbox() {
            @Override
            public boolean isAlone() {
              return true;
            }

            @Override
            public Optional<Incoming> next(Duration patience) {
              return Optional.of(new Incoming(1, message(Map.of()), 0, Incoming.NO_OFFSET));
            }

            @Override
            public int atHand() {
              return 7;
            }

            @Override
            public OptionalLong behind() {
              if (behind == null) {
                throw new PipelineException(FailureKind.TRANSIENT, "lost");
              }
              return behind;
            }

            @Override
            public void acknowledge(Incoming last) {}

            @Override
            public void parked(Consumer<Message> each) {}

            @Override
            public void park(Message message) {
              parked = message;
            }

            @Override
            public void close() {}
          };

  private static Message message(Map<String, Object> headers) {
    return new Message(
        new byte[0],
        Message.Content.JSON,
        "id",
        "key",
        "insert",
        0,
        headers,
        Message.Destination.EXCHANGE);
  }

  private MetricSnapshot metric(Metric metric) {
    String name = metric.fullName().replaceFirst("_total$", "");
    return monitor.metrics().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private double counter(Metric metric, String label) {
    return ((CounterSnapshot) metric(metric))
        .getDataPoints().stream()
            .filter(
                point ->
                    label.isEmpty() || label.equals(point.getLabels().get(metric.labels().get(0))))
            .findFirst()
            .orElseThrow()
            .getValue();
  }

  private double gauge(Metric metric) {
    return ((GaugeSnapshot) metric(metric)).getDataPoints().get(0).getValue();
  }

  @Test
  void countsWhatTheTargetHas() {
    target.apply(new Batch(List.of(INSERT, DELETE)));

    assertThat(counter(Metric.CONSUME_EVENTS, "insert")).isEqualTo(1);
    assertThat(counter(Metric.CONSUME_EVENTS, "delete")).isEqualTo(1);
    assertThat(counter(Metric.CONSUME_DOCUMENTS, "")).isEqualTo(2);
    assertThat(
            ((HistogramSnapshot) metric(Metric.CONSUME_BATCHES)).getDataPoints().get(0).getCount())
        .isEqualTo(1);
    assertThat(gauge(Metric.CONSUME_POSITION)).isEqualTo(GivenEvents.BEGIN + 3);
    now = now.plusSeconds(5);
    assertThat(gauge(Metric.CONSUME_LAG)).isZero();
  }

  @Test
  void tellsHowOldTheOldestChangeIsThatTheTargetDoesNotHave() {
    store =
        batch -> {
          assertThat(gauge(Metric.CONSUME_LAG)).isEqualTo(10);
          throw TargetException.unavailable("the disk is full: make room", null);
        };

    assertThatThrownBy(() -> target.apply(new Batch(List.of(INSERT, DELETE))))
        .isInstanceOf(TargetException.class);

    now = now.plusSeconds(60);
    assertThat(gauge(Metric.CONSUME_LAG)).isEqualTo(70);
    assertThat(counter(Metric.CONSUME_RETRIES, "")).isEqualTo(1);
    assertThat(counter(Metric.FAILURES, "transient")).isEqualTo(1);
    assertThat(counter(Metric.CONSUME_EVENTS, "insert")).isZero();
    assertThat(monitor.health().isReady()).isFalse();
    assertThat(monitor.health().notReadyBecause())
        .containsExactly("BACKING_OFF: the disk is full: make room");
    assertThat(monitor.health().isLive()).isTrue();

    store = batch -> {};
    target.apply(new Batch(List.of(INSERT, DELETE)));

    assertThat(monitor.health().isReady()).isTrue();
  }

  /** Else large messages would make the batches of small ones. */
  @Test
  void batchesAreAsLargeAsWithoutIt() {
    assertThat(WatchedInbox.opener(inboxes, "plays", counts, timer).open().atHand()).isEqualTo(7);
  }

  @Test
  void countsWhatComesAndWhatIsParked() throws Exception {
    Inbox inbox = WatchedInbox.opener(inboxes, "plays", counts, timer).open();
    inbox.next(Duration.ZERO);
    inbox.park(message(Map.of(ParkedMessages.REASON, "refused")));
    inbox.park(message(Map.of(ParkedMessages.REASON, "of a kind that nobody knows")));

    assertThat(parked).isNotNull();
    assertThat(counter(Metric.CONSUME_PARKED, "refused")).isEqualTo(1);
    assertThat(counter(Metric.CONSUME_PARKED, "damaged")).isZero();
    assertThat(monitor.health().isReady()).isTrue();
    assertThat(monitor.status(true).get("source").get("received").asLong()).isEqualTo(1);
  }

  @Test
  void tellsHowManyMessagesOfAStreamTheTargetDoesNotHave() {
    Inbox inbox = WatchedInbox.opener(inboxes, "plays", counts, timer).open();
    look();
    assertThat(behind().isNull()).isTrue();

    behind = OptionalLong.of(1_000);
    look();
    assertThat(behind().asLong()).isEqualTo(1_000);
    assertThat(gauge(Metric.CONSUME_BEHIND)).isEqualTo(1_000);

    behind = null;
    look();
    assertThat(behind().isNull()).isTrue();
    behind = OptionalLong.of(0);
    look();
    assertThat(behind().asLong()).isZero();

    inbox.close();
    look();
    assertThat(behind().isNull()).isTrue();
  }

  private void look() {
    timer.advanceTimeBy(Duration.ofSeconds(5));
  }

  private JsonNode behind() {
    return monitor.status(true).get("source").get("behind");
  }

  @Test
  void tellsTheStatusInTheFormThatThePageReads() {
    target.apply(new Batch(List.of(INSERT)));
    monitor.sample();

    ObjectNode status = monitor.status(false);
    assertThat(status.get("kind").asText()).isEqualTo("consumer");
    assertThat(status.get("pipeline").asText()).isEqualTo("copy");
    assertThat(status.get("source").get("queue").asText()).isEqualTo("plays");
    assertThat(status.get("broker").isNull()).isTrue();
    assertThat(status.get("target").toString())
        .isEqualTo("{\"uri\":\"file:plays.jsonl\",\"documents\":1,\"events\":1}");
    assertThat(status.get("history").get("perSecond")).hasSize(1);
    assertThat(monitor.status(true).has("history")).isFalse();
  }

  @Test
  void hasEveryMetricOfTheList() {
    counts.behind(OptionalLong.of(1));
    target.apply(new Batch(List.of(INSERT)));

    for (Metric metric : Metric.of(Metric.Program.CONSUMER)) {
      if (metric != Metric.BUILD_INFO) {
        assertThat(metric(metric).getMetadata().getHelp()).isEqualTo(metric.help());
      }
    }
    assertThat(monitor.metrics()).hasSameSizeAs(Metric.of(Metric.Program.CONSUMER));
  }
}
