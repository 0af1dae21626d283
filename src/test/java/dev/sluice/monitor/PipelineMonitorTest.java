package dev.sluice.monitor;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Gap;
import dev.sluice.change.LogWindow;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each figure of a pipeline moves with what it stands for, and only then. */
class PipelineMonitorTest {
  private final WatchedPipeline watched = new WatchedPipeline();

  @AfterEach
  void close() {
    watched.close();
  }

  private static PipelineException gone() {
    return new PipelineException(FailureKind.TRANSIENT, "RabbitMQ is gone: start it");
  }

  @Test
  void countsEventsByOperationAsTheyAreConfirmed() {
    watched.start();
    watched.parts.source.append(insert(1), insert(2), event("delete", 3, 3));

    await().until(() -> watched.counts.confirmed() == 3);
    Map<String, Double> metrics = watched.metrics();
    assertThat(metrics)
        .containsEntry("sluice_events_total{operation=\"insert\"}", 2.0)
        .containsEntry("sluice_events_total{operation=\"delete\"}", 1.0)
        .containsEntry("sluice_events_total{operation=\"update\"}", 0.0)
        .containsEntry("sluice_received_events_total", 3.0)
        .containsEntry("sluice_confirm_duration_seconds_count", 3.0)
        .containsEntry("sluice_repeats_total", 0.0);
    double bytes = watched.parts.publisher.messages.stream().mapToInt(m -> m.body().length).sum();
    assertThat(metrics).containsEntry("sluice_published_bytes_total", bytes);
    assertThat(metrics.get("sluice_received_bytes_total")).isPositive();
    assertThat(metrics.get("sluice_last_confirmed_timestamp_seconds"))
        .isCloseTo(Instant.now().getEpochSecond(), within(60.0));
  }

  @Test
  void tellsWhatIsInFlightAndHowOldTheOldestIs() {
    watched.parts.publisher.confirming = false;
    watched.start();
    watched.parts.source.append(insert(1), insert(2));
    watched.parts.publisher.awaitPublished(1, 2);

    Map<String, Double> metrics = watched.metrics();
    assertThat(metrics)
        .containsEntry("sluice_in_flight_messages", 2.0)
        .containsEntry("sluice_in_flight_messages_limit", 8.0)
        .containsEntry("sluice_in_flight_bytes_limit", (double) (1 << 20));
    assertThat(metrics.get("sluice_in_flight_bytes")).isPositive();
    // The scripted events are of 2023.
    assertThat(metrics.get("sluice_lag_seconds")).isGreaterThan(Duration.ofDays(365).toSeconds());

    watched.parts.publisher.outcomes().confirmed(1, 2);

    await().until(() -> watched.metric("sluice_lag_seconds") == 0);
    assertThat(watched.metric("sluice_in_flight_messages")).isZero();
    assertThat(watched.metric("sluice_in_flight_bytes")).isZero();
  }

  @Test
  void notesWhenThePositionIsSaved() {
    watched.start();
    watched.parts.source.append(insert(1));

    await().until(() -> watched.metrics().containsKey("sluice_position_saved_timestamp_seconds"));
    assertThat(watched.metric("sluice_position_saved_timestamp_seconds"))
        .isCloseTo(Instant.now().getEpochSecond(), within(60.0));
  }

  @Test
  void countsWhatALostChannelLeavesAndThatTheBrokerIsBack() {
    watched.parts.publisher.confirming = false;
    watched.start();
    watched.parts.source.append(insert(1), insert(2), insert(3));
    watched.parts.publisher.awaitPublished(1, 2, 3);
    watched.parts.publisher.outcomes().confirmed(1, 1);

    watched.parts.publisher.confirming = true;
    watched.parts.publisher.outcomes().lost(gone());

    await().until(() -> watched.counts.confirmed() == 3);
    assertThat(watched.metrics())
        .containsEntry("sluice_repeats_total", 2.0)
        .containsEntry("sluice_reconnects_total{side=\"broker\"}", 1.0)
        .containsEntry("sluice_reconnects_total{side=\"source\"}", 0.0)
        .containsEntry("sluice_failures_total{kind=\"transient\"}", 1.0)
        .containsEntry("sluice_failures_total{kind=\"bug\"}", 0.0);
  }

  @Test
  void countsThatTheSourceIsBack() {
    watched.start();
    watched.parts.source.append(insert(1));
    await().until(() -> watched.counts.confirmed() == 1);

    watched.parts.source.fail(new PipelineException(FailureKind.TRANSIENT, "election"));
    await().until(() -> watched.parts.source.opened.size() == 2);
    watched.parts.source.append(insert(2));

    await().until(() -> watched.counts.confirmed() == 2);
    assertThat(watched.metrics())
        .containsEntry("sluice_reconnects_total{side=\"source\"}", 1.0)
        .containsEntry("sluice_reconnects_total{side=\"broker\"}", 0.0);
  }

  @Test
  void isNotReadyWhileTheBrokerIsAwayAndSaysWhy() throws Exception {
    watched.parts.publisher.refusal = gone();
    watched.start();

    await().until(() -> watched.notes.state().name().equals("BACKING_OFF"));
    assertThat(watched.monitor.health().isReady()).isFalse();
    assertThat(watched.monitor.health().isLive()).isTrue();
    assertThat(watched.monitor.health().notReadyBecause())
        .contains(
            "BACKING_OFF: RabbitMQ is gone: start it", "RabbitMQ at rabbit:5672 does not work");
    assertThat(watched.metric("sluice_state{state=\"backing_off\"}")).isEqualTo(1);
    assertThat(watched.metric("sluice_state{state=\"streaming\"}")).isZero();
    // Nothing is read, so nobody knows of anything newer than the position.
    assertThat(watched.metric("sluice_lag_seconds"))
        .isGreaterThan(Duration.ofDays(365).toSeconds());
    JsonNode failure = watched.status().get("failures").get(0);
    assertThat(failure.get("kind").asText()).isEqualTo("TRANSIENT");
    assertThat(failure.get("message").asText()).isEqualTo("RabbitMQ is gone: start it");

    watched.parts.publisher.refusal = null;
    watched.parts.source.append(insert(1));

    await().until(() -> watched.notes.state().name().equals("STREAMING"));
    assertThat(watched.monitor.health().isReady()).isTrue();
    assertThat(watched.status().get("notReadyBecause")).isEmpty();
  }

  @Test
  void isReadyAsStandbyWithoutTheLeaseAndTheBroker() {
    watched.parts.lease = Duration.ofMillis(60);
    watched.parts.checkpoints.takeOver();
    watched.start();

    await().until(() -> watched.notes.state().name().equals("STANDBY"));
    assertThat(watched.monitor.health().isReady()).isTrue();
    assertThat(watched.metric("sluice_lease_held")).isZero();
    assertThat(watched.metric("sluice_lag_seconds")).isZero();

    watched.parts.checkpoints.giveUp();

    await().until(() -> watched.metric("sluice_lease_held") == 1);
  }

  @Test
  void addsUpForHowLongTheBrokerBlocks() throws Exception {
    watched.start();
    watched.parts.source.append(insert(1));
    await().until(() -> watched.counts.confirmed() == 1);

    watched.parts.publisher.outcomes().blocked("low on memory");

    await().until(() -> watched.metric("sluice_blocked_seconds_total") > 0);
    assertThat(watched.status().get("broker").get("blocked").asBoolean()).isTrue();
    assertThat(watched.monitor.health().isReady()).isFalse();
    watched.parts.publisher.outcomes().unblocked();
    double blocked = watched.metric("sluice_blocked_seconds_total");
    await()
        .during(Duration.ofMillis(50))
        .until(() -> watched.metric("sluice_blocked_seconds_total") == blocked);
  }

  @Test
  void countsWhatIsParkedByItsReason() {
    watched.parts.failures =
        new FailureSettings(OnPositionLost.STOP, OnUnroutable.RETRY, OnPoison.PARK);
    var encoder = watched.parts.encoder;
    watched.parts.encoder =
        change -> {
          if (change.position().equals(behind(2))) {
            throw new IllegalStateException("no JSON");
          }
          return encoder.apply(change);
        };
    watched.start();
    watched.parts.source.append(insert(1), insert(2));

    await().until(() -> watched.counts.confirmed() == 2);
    assertThat(watched.metrics())
        .containsEntry("sluice_parked_total{reason=\"poison\"}", 1.0)
        .containsEntry("sluice_parked_total{reason=\"unroutable\"}", 0.0)
        .containsEntry("sluice_events_total{operation=\"insert\"}", 2.0);
  }

  @Test
  void doesNotCountWhatWasReturnedAsConfirmed() {
    watched.parts.publisher.confirming = false;
    watched.start();
    watched.parts.source.append(insert(1), insert(2));
    watched.parts.publisher.awaitPublished(1, 2);

    var outcomes = watched.parts.publisher.outcomes();
    outcomes.returned(
        watched.parts.publisher.messages.get(0).messageId(),
        new PipelineException(FailureKind.UNROUTABLE, "no queue"));
    outcomes.confirmed(1, 1);

    assertThat(watched.counts.confirmed()).isZero();
  }

  @Test
  void countsGaps() {
    watched.parts.source.append(
        new Gap(Optional.empty(), new BsonTimestamp(1_700_000_005, 1), "lost"));
    watched.start();

    await().until(() -> watched.metric("sluice_gaps_total") == 1);
  }

  @Test
  void tellsTheOplogsHeadroomOnceItWasLookedAt() throws Exception {
    watched.start();
    assertThat(watched.metrics()).doesNotContainKey("sluice_oplog_headroom_seconds");
    assertThat(watched.status().get("source").get("headroomSeconds").isNull()).isTrue();
    watched.parts.source.logWindow =
        new LogWindow(new BsonTimestamp(1_699_990_000, 1), new BsonTimestamp(1_700_000_000, 1));

    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> watched.metrics().containsKey("sluice_oplog_headroom_seconds"));
    assertThat(watched.metric("sluice_oplog_headroom_seconds")).isEqualTo(10_000);
    assertThat(watched.metric("sluice_oplog_window_seconds")).isEqualTo(10_000);
  }

  @Test
  void tellsTheStatusInTheFormThatThePageReads() throws Exception {
    watched.start();
    watched.parts.source.append(insert(1), insert(2));
    await().until(() -> watched.counts.confirmed() == 2);
    watched.monitor.sample();

    JsonNode status = watched.status();
    assertThat(status.get("version").asText()).isEqualTo("9.9.9");
    assertThat(status.get("kind").asText()).isEqualTo("pipeline");
    assertThat(status.get("state").get("name").asText()).isEqualTo("STREAMING");
    assertThat(status.get("source").get("received").asLong()).isEqualTo(2);
    assertThat(status.get("encoder").get("encoded").asLong()).isEqualTo(2);
    assertThat(status.get("broker").get("published").asLong()).isEqualTo(2);
    assertThat(status.get("broker").get("outlet").asText()).isEqualTo("queue test_queue");
    assertThat(status.get("inFlight").get("messagesLimit").asInt()).isEqualTo(8);
    assertThat(status.get("operations").toString()).isEqualTo("{\"insert\":2}");
    assertThat(status.get("latency").get("p99Millis").isNumber()).isTrue();
    assertThat(status.get("lease").get("held").asBoolean()).isTrue();
    assertThat(status.get("counts").get("gaps").asLong()).isZero();
    assertThat(status.get("snapshot").isNull()).isTrue();
    assertThat(status.get("settings").get(1).get("value").asText()).isEqualTo("***");
    assertThat(status.get("history").get("everySeconds").asInt()).isEqualTo(2);
    assertThat(status.get("history").get("perSecond").get(0).asDouble()).isPositive();

    JsonNode brief =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(new Answers(watched.monitor).to("/status", "brief", null).body());
    assertThat(brief.has("history")).isFalse();
    assertThat(brief.has("settings")).isFalse();
    assertThat(brief.get("ready").asBoolean()).isTrue();
  }

  @Test
  void putsNothingOfADocumentOrAUserIntoALabel() {
    watched.start();
    watched.parts.source.append(insert(7_777_777));
    await().until(() -> watched.counts.confirmed() == 1);

    assertThat(watched.metrics().keySet())
        .filteredOn(name -> name.startsWith("sluice_"))
        .allSatisfy(
            name ->
                assertThat(name)
                    .matches(
                        "[a-z_]+(\\{(operation|side|kind|reason|state)=\"[A-Za-z_-]+\"}"
                            + "|\\{le=\"[0-9.E+-]+(Inf)?\"}|\\{version=\"9.9.9\"})?"));
  }
}
