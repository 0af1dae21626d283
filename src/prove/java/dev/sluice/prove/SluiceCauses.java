package dev.sluice.prove;

import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;

/** The faults of our own processes; these can always be brought about. */
final class SluiceCauses {
  /** A start takes one to two seconds: some kills hit the JVM, some the first connections. */
  private static final int LATEST_KILL_MS = 2_000;

  private static final Duration RESTART_LIMIT = Duration.ofSeconds(10);

  private final Fleet fleet;

  private SluiceCauses(Fleet fleet) {
    this.fleet = fleet;
  }

  static void add(Causes causes, Fleet fleet) {
    SluiceCauses own = new SluiceCauses(fleet);
    causes.can(FaultKind.SLUICE_KILL, random -> own.kill());
    causes.can(FaultKind.SLUICE_KILL_WHILE_STARTING, own::killWhileStarting);
    causes.can(FaultKind.SLUICE_TERM, random -> own.terminate());
    causes.can(FaultKind.SLUICE_PAUSE, random -> own.pause());
  }

  /** Of one pipeline there is a process on each machine. */
  private String where(int machine) {
    return (fleet.isDivided() ? "machine " : "process ") + machine;
  }

  private Cause.Struck kill() {
    int active = fleet.active();
    fleet.kill(active);
    return Cause.Struck.once(where(active));
  }

  private Cause.Struck killWhileStarting(Random random) {
    int active = fleet.active();
    int starts = fleet.starts(active);
    fleet.kill(active);
    int delay = random.nextInt(LATEST_KILL_MS);
    Awaitility.await().atMost(RESTART_LIMIT).until(() -> fleet.starts(active) > starts);
    // Not a wait for anything: the moment itself is what chance decides.
    Awaitility.await().pollDelay(Duration.ofMillis(delay)).until(() -> true);
    fleet.kill(active);
    return Cause.Struck.once(where(active) + ", after " + delay + " ms");
  }

  private Cause.Struck terminate() {
    int active = fleet.active();
    int code = fleet.terminate(active);
    return Cause.Struck.once(where(active) + ", exit code " + code);
  }

  private Cause.Struck pause() {
    int active = fleet.active();
    fleet.pause(active);
    return new Cause.Struck(where(active), () -> fleet.resume(active));
  }
}
