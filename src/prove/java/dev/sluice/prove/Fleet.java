package dev.sluice.prove;

import dev.sluice.testing.Leash;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The processes of the one pipeline, numbered from 1, and their keeper: what ends is started again
 * at once, as by systemd. Thread-safe.
 */
final class Fleet implements AutoCloseable {
  private static final int KEEPING_INTERVAL_MS = 50;

  /** What ends by itself would end again: not at once, then. */
  private static final long RESTART_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The word after the logger's name, as in {@code PipelineSupervisor - STREAMING: reason}. */
  private static final Pattern STATE = Pattern.compile("- ([A-Z_]{5,}): ");

  private static final class Member {
    private final int number;
    private int starts;
    private SluiceProcess process;

    /** Whether its end, if it ends, is our doing. */
    private boolean doomed;

    private long restartAt;

    Member(int number) {
      this.number = number;
    }

    /** What the log told last. */
    String state() {
      return STATE
          .matcher(process.log())
          .results()
          .map(told -> told.group(1))
          .reduce((earlier, later) -> later)
          .orElse("STARTING");
    }
  }

  private final Map<String, String> environment;
  private final Path folder;
  private final Leash leash = Leash.onDirectory("sluice-prove-");
  private final List<Member> members = new ArrayList<>();
  private final List<String> endings = new ArrayList<>();
  private final ScheduledExecutorService keeper =
      Executors.newSingleThreadScheduledExecutor(action -> new Thread(action, "prove-keeper"));
  private boolean closing;

  /**
   * @param folder where each start of each process leaves a log
   */
  Fleet(int size, Map<String, String> environment, Path folder) {
    this.environment = environment;
    this.folder = folder;
    for (int number = 1; number <= size; number++) {
      members.add(new Member(number));
    }
  }

  /** Starts all, and keeps them running from now on. */
  synchronized void start() {
    members.forEach(this::start);
    keeper.scheduleWithFixedDelay(
        this::keep, KEEPING_INTERVAL_MS, KEEPING_INTERVAL_MS, TimeUnit.MILLISECONDS);
  }

  private void start(Member member) {
    member.starts++;
    member.doomed = false;
    member.restartAt = 0;
    Path log = folder.resolve("sluice-%d-%d.log".formatted(member.number, member.starts));
    try {
      member.process = SluiceProcess.run(environment, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    leash.holds(
        members.stream()
            .filter(one -> one.process != null)
            .map(one -> one.process.process())
            .toArray(Process[]::new));
  }

  private synchronized void keep() {
    for (Member member : members) {
      if (closing || member.process.isAlive()) {
        continue;
      }
      if (member.doomed) {
        start(member);
      } else if (member.restartAt == 0) {
        endings.add(
            "process %d ended by itself with exit code %d (%s)"
                .formatted(member.number, member.process.exitCode(), log(member)));
        member.restartAt = System.nanoTime() + RESTART_PAUSE_NANOS;
      } else if (System.nanoTime() - member.restartAt >= 0) {
        start(member);
      }
    }
  }

  private static String log(Member member) {
    return "sluice-%d-%d.log".formatted(member.number, member.starts);
  }

  /** Whether at least one of them carries events. */
  synchronized boolean isStreaming() {
    return members.stream().anyMatch(member -> member.state().equals("STREAMING"));
  }

  /** The process that carries the events; the first if that cannot be told just now. */
  synchronized int active() {
    return members.stream()
        .filter(member -> member.process.isAlive())
        .filter(member -> !member.state().equals("STANDBY") && !member.state().equals("STARTING"))
        .findFirst()
        .orElse(members.get(0))
        .number;
  }

  /** How often the process was started so far. */
  synchronized int starts(int number) {
    return member(number).starts;
  }

  synchronized void kill(int number) {
    member(number).doomed = true;
    member(number).process.kill();
  }

  /** SIGTERM; returns when the process has ended. Anything but 0 is noted as an ending. */
  int terminate(int number) {
    SluiceProcess process;
    synchronized (this) {
      process = member(number).process;
      member(number).doomed = true;
    }
    int code = process.terminate();
    if (code != 0) {
      noteBadStop(number, code);
    }
    return code;
  }

  private synchronized void noteBadStop(int number, int code) {
    endings.add("process %d answered SIGTERM with exit code %d".formatted(number, code));
  }

  synchronized void pause(int number) {
    member(number).process.pause();
  }

  synchronized void resume(int number) {
    member(number).process.resume();
  }

  private Member member(int number) {
    return members.get(number - 1);
  }

  /** What ended without being killed, or not as it should. */
  synchronized List<String> endings() {
    return List.copyOf(endings);
  }

  /** Ends all in order, by SIGTERM, and keeps nothing running any more. */
  void stop() {
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
    }
    keeper.shutdown();
    for (Member member : members) {
      if (member.process != null && member.process.isAlive()) {
        terminate(member.number);
      }
    }
  }

  /** Whatever still runs is killed. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    keeper.shutdownNow();
    for (Member member : members) {
      if (member.process != null) {
        member.process.close();
      }
    }
    leash.close();
  }
}
