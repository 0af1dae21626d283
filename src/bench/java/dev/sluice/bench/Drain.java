package dev.sluice.bench;

import java.io.IOException;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One run: one contender, one backlog, a fresh queue. */
final class Drain {
  /** A run that lost, doubled or reordered something, or did not end. */
  static final class Spoiled extends Exception {
    private static final long serialVersionUID = 1L;

    Spoiled(String why) {
      super(why);
    }
  }

  /** Until the first message is there: the error of the time to the first event. */
  private static final long FIRST_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Later: often enough for a curve, and no load for the broker. */
  private static final long LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Without any progress for so long a run has failed. */
  private static final double PATIENCE_SECONDS = 60;

  private final Launcher launcher;
  private final BenchServers servers;

  Drain(Launcher launcher, BenchServers servers) {
    this.launcher = launcher;
    this.servers = servers;
  }

  DrainFigures run(Contender contender, Load load, Backlog backlog)
      throws IOException, InterruptedException, Spoiled {
    int events = contender.events(load);
    boolean stream = contender.queueType(load).equals(Load.STREAM);
    backlog.rewind(contender);
    try (Lane lane = new Lane(servers.rabbit(), contender.queueType(load));
        StreamReader counting = stream ? StreamReader.counting(servers, lane) : null) {
      Curve curve = new Curve();
      ServerCost cost = ServerCost.fromNow();
      double peak;
      Running running =
          launcher.start(contender, backlog.site(), lane, load, backlog.from(), events);
      try (running) {
        LongSupplier gauge = stream ? counting::messages : lane::messages;
        follow(running, contender == Contender.SOURCE ? running::lastNumber : gauge, events, curve);
        curve.servers(cost.broker(), cost.harness());
        curve.monitor(running.monitorSeconds());
        peak = running.peakMegabytes();
      }
      if (contender != Contender.SOURCE) {
        Tally tally = new Tally(events, contender.isSluice() && !load.showsNumbers());
        requireClean(
            stream
                ? StreamReader.check(servers, lane, tally, counting.messages())
                : QueueCheck.of(lane, tally),
            !contender.isSluice() || load.keepsOrder());
      }
      return figures(curve, peak, running);
    }
  }

  static void follow(Running running, LongSupplier gauge, int events, Curve curve) throws Spoiled {
    long before = 0;
    double lastProgress = 0;
    while (before < events) {
      LockSupport.parkNanos(before == 0 ? FIRST_LOOKS_NANOS : LOOKS_NANOS);
      long now = gauge.getAsLong();
      if (now > before) {
        curve.add(now, running.cpuSeconds());
        lastProgress = curve.secondsSoFar();
        before = now;
        continue;
      }
      try {
        running.requireAlive();
      } catch (IllegalStateException e) {
        throw new Spoiled(e.getMessage());
      }
      if (curve.secondsSoFar() - lastProgress > PATIENCE_SECONDS) {
        throw new Spoiled("it stands still at " + now + " of " + events + " events");
      }
    }
  }

  private static void requireClean(QueueCheck check, boolean inOrder) throws Spoiled {
    if (!check.isClean(inOrder)) {
      throw new Spoiled(check.toString());
    }
  }

  static DrainFigures figures(Curve curve, double peak, Running running) {
    var collections = running.collections();
    return new DrainFigures(
        curve.firstMillis(),
        curve.totalSeconds(),
        curve.steadyPerSecond(),
        curve.cpuPer100k(),
        curve.cpuPer100kFromFirst(),
        curve.cpuPer100kSteady(),
        peak,
        collections
            .map(
                log ->
                    log.bytesPerEvent(
                        curve.steadyFromMillis(), curve.steadyToMillis(), curve::eventsAt))
            .orElse(OptionalDouble.empty()),
        collections.map(log -> OptionalDouble.of(log.pauseMillis())).orElse(OptionalDouble.empty()),
        curve.brokerPer100k(),
        curve.harnessPer100k(),
        curve.monitorPer100k());
  }
}
