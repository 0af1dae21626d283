package dev.sluice.doctor;

import static dev.sluice.doctor.Looked.assertFinding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.QueueSettings;
import dev.sluice.config.QueueType;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.BrokerFacts.Greeting;
import dev.sluice.rabbit.BrokerFacts.Queue;
import dev.sluice.rabbit.BrokerFacts.Taken;
import dev.sluice.rabbit.ManagementApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What RabbitMQ's checks make of what a broker says. */
class BrokerChecksTest {
  private static final Greeting OLD = greeting("3.10.8");
  private static final Greeting NEW = greeting("4.3.1");

  private static Greeting greeting(String version) {
    return new Greeting("RabbitMQ", version, 131_072, 2047, 10);
  }

  private static Settings settings(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("/dev/null"));
  }

  private static PoliciesCheck policies(
      Greeting broker, Map<String, String> environment, Mono<ManagementApi.Queue> told) {
    QueueSettings wanted = new QueueSettings("plays", QueueType.QUORUM, Map.of());
    return new PoliciesCheck(
        Map.of("plays", wanted), settings(environment).route(), Mono.just(broker), name -> told);
  }

  private static Mono<ManagementApi.Queue> queue(String type, Map<String, Object> inForce) {
    return Mono.just(new ManagementApi.Queue(true, type, "ours", inForce, 3, 3));
  }

  @Test
  void aPolicyThatDropsEventsIsNamedWithItsArguments() {
    assertFinding(
        policies(OLD, Map.of(), queue("quorum", Map.of("x-max-length", 10L))),
        Verdict.WARNING,
        "(policy ours)",
        "drops events that nobody has read, by x-max-length",
        "reject-publish");
    assertFinding(
        policies(OLD, Map.of(), queue("quorum", Map.of("x-message-ttl", 10L, "x-expires", 10L))),
        Verdict.WARNING,
        "by x-expires, x-message-ttl");
    assertFinding(
        policies(
            OLD,
            Map.of(),
            queue("quorum", Map.of("x-max-length", 10L, "x-overflow", "reject-publish"))),
        Verdict.OK);
  }

  @Test
  void prioritiesBreakTheOrderWhereTheQueueHeedsThem() {
    Map<String, String> priority = Map.of("SLUICE_PRIORITY", "5");

    assertFinding(
        policies(NEW, priority, queue("quorum", Map.of())),
        Verdict.WARNING,
        "by priority",
        "SLUICE_PRIORITY");
    assertFinding(policies(OLD, priority, queue("quorum", Map.of())), Verdict.OK);
    assertFinding(
        policies(OLD, priority, queue("classic", Map.of("x-max-priority", 3L))), Verdict.WARNING);
    assertFinding(policies(NEW, Map.of(), queue("quorum", Map.of())), Verdict.OK);
  }

  @Test
  void delayedRetryBreaksTheOrder() {
    assertFinding(
        policies(NEW, Map.of(), queue("quorum", Map.of("x-delayed-retry-type", "all"))),
        Verdict.WARNING,
        "x-delayed-retry-type");
    assertFinding(
        policies(NEW, Map.of(), queue("quorum", Map.of("x-delayed-retry-type", "disabled"))),
        Verdict.OK);
  }

  @Test
  void howOftenAnEventMayComeBackIsSaid() {
    assertFinding(
        policies(NEW, Map.of(), queue("quorum", Map.of())), Verdict.OK, "came back 20 times");
    assertFinding(
        policies(OLD, Map.of(), queue("quorum", Map.of("x-delivery-limit", 7L))),
        Verdict.OK,
        "came back 7 times");
  }

  @Test
  void aQueueWithTooFewMembersIsSaid() {
    assertFinding(
        policies(
            OLD, Map.of(), Mono.just(new ManagementApi.Queue(true, "quorum", "", Map.of(), 3, 1))),
        Verdict.WARNING,
        "1 of its 3 members");
  }

  @Test
  void whatWasNotLookedAtIsSaidWithAnotherWayToLook() {
    Mono<ManagementApi.Queue> unusable =
        Mono.error(new PipelineException(FailureKind.TRANSIENT, "It does not answer"));

    assertFinding(
        policies(NEW, Map.of(), unusable),
        Verdict.SKIPPED,
        "It does not answer",
        "--management",
        "rabbitmqctl list_queues");
    assertFinding(
        policies(NEW, Map.of("SLUICE_PRIORITY", "5"), unusable), Verdict.WARNING, "by priority");
  }

  private static LimitsCheck limits(Greeting broker, Map<String, String> environment, Taken taken) {
    return new LimitsCheck(
        settings(environment).delivery(), Mono.just(broker), bytes -> Mono.just(taken));
  }

  private static final Taken WELL = new Taken(Optional.empty(), Optional.empty(), true);

  @Test
  void tooFewChannelsAreAFailure() {
    Greeting few = new Greeting("RabbitMQ", "4.0.5", 131_072, 4, 10);

    assertFinding(
        limits(few, Map.of("SLUICE_LANES", "8"), WELL),
        Verdict.FAILURE,
        "4 channels, and 10 are needed",
        "SLUICE_LANES");
    assertFinding(limits(few, Map.of(), WELL), Verdict.OK, "channels 4");
  }

  @Test
  void aSmallFrameIsAWarning() {
    assertFinding(
        limits(new Greeting("RabbitMQ", "4.0.5", 4096, 0, 10), Map.of(), WELL),
        Verdict.WARNING,
        "a frame is 4096 bytes",
        "channels without limit");
  }

  @Test
  void whatTheUserMayNotTryIsNotKnown() {
    assertFinding(
        limits(NEW, Map.of(), new Taken(Optional.empty(), Optional.empty(), false)),
        Verdict.OK,
        "is not known");
  }

  @Test
  void anotherBrokerIsAWarningAndAnOldOneAFailure() {
    assertFinding(
        new BrokerLoginCheck(
            "here", "guest", "/", Mono.just(new Greeting("qpid", "9.2", 0, 0, 10))),
        Verdict.WARNING,
        "qpid 9.2 is not RabbitMQ");
    assertFinding(
        new BrokerLoginCheck("here", "guest", "/", Mono.just(greeting("3.7.28"))),
        Verdict.FAILURE,
        "no quorum queues");
  }

  @Test
  void permissionsAreNotTriedAtAnotherBroker() {
    assertFinding(
        new PermissionsCheck(
            "guest",
            5,
            Mono.just(new Greeting("qpid", "9.2", 0, 0, 10)),
            Mono.error(new AssertionError("it was tried"))),
        Verdict.SKIPPED,
        "this is qpid");
  }

  @Test
  void queuesAreShownWithWhatWaitsInThem() {
    assertFinding(
        new QueuesCheck(
            "plays.parked",
            Set.of(),
            Mono.just(
                List.of(new Queue("plays", true, 7, 2), new Queue("plays.parked", false, 0, 0)))),
        Verdict.OK,
        "queue \"plays\" has 7 and 2 consumers",
        "\"plays.parked\" is not there");
  }

  /** What is read stays in it, and a passive declaration counts no readers. */
  @Test
  void aStreamIsNotTakenForAQueueThatNobodyReads() {
    assertFinding(
        new QueuesCheck(
            "plays.parked",
            Set.of("plays"),
            Mono.just(List.of(new Queue("plays", true, 1_550, 0)))),
        Verdict.OK,
        "stream \"plays\" holds about 1550",
        "doctor --consumer");
  }

  @Test
  void versionsAreComparedAsNumbers() {
    assertThat(greeting("3.10.8").isAtLeast(3, 8)).isTrue();
    assertThat(greeting("4.10.0").isAtLeast(4, 3)).isTrue();
    assertThat(greeting("4.2.5").isAtLeast(4, 3)).isFalse();
    assertThat(greeting("unknown").isAtLeast(3, 8)).isFalse();
  }
}
