package dev.sluice.prove;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be made to go wrong, by the name that {@code FAULTS} takes.
 *
 * <p>A fault lasts from {@code shortest} to {@code longest}. Those that RabbitMQ's clients notice
 * by a missing answer last longer than the confirm timeout of the run, those that a lease bridges
 * longer than the lease; each leaves the next one some time, in which all is usually well again.
 */
enum FaultKind {
  SLUICE_KILL(0, 0, 5, "SIGKILL of the process that carries events; it is started again at once"),
  SLUICE_KILL_WHILE_STARTING(
      0, 0, 8, "SIGKILL, and another one while the process that follows is starting"),
  SLUICE_TERM(0, 0, 6, "SIGTERM under load; the process must drain and exit with 0"),
  SLUICE_PAUSE(4, 7, 4, "SIGSTOP for longer than the lease, then SIGCONT"),
  BROKER_RESTART(0, 1, 10, "RabbitMQ stops in order and starts again"),
  BROKER_KILL(0, 2, 10, "SIGKILL of RabbitMQ, which is then started again"),
  BROKER_DOWN(5, 10, 6, "RabbitMQ refuses connections (rabbitmqctl stop_app)"),
  CONNECTION_CLOSED(0, 0, 4, "RabbitMQ closes every connection (rabbitmqctl)"),
  MEMORY_ALARM(4, 7, 4, "RabbitMQ blocks publishers for want of memory"),
  DISK_ALARM(4, 7, 4, "RabbitMQ blocks publishers for want of disk"),
  CLASSIC_QUEUE_FULL(
      2, 4, 6, "the consumer pauses and the classic queue refuses what it has no room for"),
  QUORUM_QUEUE_FULL(
      2, 4, 6, "the consumer pauses and the quorum queue refuses what it has no room for"),
  BINDING_REMOVED(0, 0, 4, "the queue loses its binding: messages are unroutable"),
  EXCHANGE_DELETED(0, 0, 4, "the exchange is gone"),
  CONFIRMS_SWALLOWED(4, 6, 5, "a proxy loses everything that RabbitMQ answers"),
  HALF_OPEN(4, 6, 5, "a proxy forwards nothing and closes nothing"),
  NETWORK_CUT(1, 4, 5, "connections to RabbitMQ are reset and new ones refused"),
  STEP_DOWN(0, 0, 6, "the primary steps down"),
  PRIMARY_KILLED(1, 4, 6, "the primary is killed and comes back"),
  NO_PRIMARY(3, 8, 6, "two of three members are killed and come back"),
  ALL_NODES_RESTARTED(0, 1, 8, "all members are killed and come back"),
  CONNECTIONS_DROPPED(1, 1, 3, "MongoDB's connections break in the middle of a batch"),
  GETMORE_ERROR(1, 2, 3, "getMore answers with an error that passes"),
  CHECKPOINT_WRITE_ERROR(2, 4, 3, "saving the position answers with errors"),
  MONGO_NETWORK_CUT(3, 5, 6, "the primary is there and nobody reaches it");

  private final Duration shortest;
  private final Duration longest;
  private final Duration pause;
  private final String meaning;

  FaultKind(int shortest, int longest, int pause, String meaning) {
    this.shortest = Duration.ofSeconds(shortest);
    this.longest = Duration.ofSeconds(longest);
    this.pause = Duration.ofSeconds(pause);
    this.meaning = meaning;
  }

  /** As it is written in {@code FAULTS} and in the table. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<FaultKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }

  Duration shortest() {
    return shortest;
  }

  Duration longest() {
    return longest;
  }

  /** How long the schedule leaves alone what it has hurt. */
  Duration pause() {
    return pause;
  }

  /** Whether RabbitMQ says of each message what has become of it, so that none need come again. */
  boolean answersForEachMessage() {
    return this == CLASSIC_QUEUE_FULL || this == QUORUM_QUEUE_FULL;
  }

  String meaning() {
    return meaning;
  }
}
