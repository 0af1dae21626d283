package dev.sluice.prove;

import dev.sluice.testing.Leash;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The processes of a run, on machines that are numbered from 1, and their keeper: what ends is
 * started again at once, as by systemd. What befalls a machine befalls all its processes; of one
 * pipeline there is one on each. Thread-safe.
 */
final class Fleet implements AutoCloseable {
  private static final int KEEPING_INTERVAL_MS = 50;

  /** What ends by itself would end again: not at once, then. */
  private static final long RESTART_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The word after the logger's name, as in {@code PipelineSupervisor - STREAMING: reason}. */
  private static final Pattern STATE = Pattern.compile("- ([A-Z_]{5,}): ");

  private static final class Member {
    private final Post post;
    private int starts;
    private SluiceProcess process;

    /** Whether its end, if it ends, is our doing. */
    private boolean doomed;

    private long restartAt;

    Member(Post post) {
      this.post = post;
    }

    /** Whether it carries events, or would if there were any. */
    boolean isAtWork() {
      return process.isAlive() && !state().equals("STANDBY") && !state().equals("STARTING");
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
  Fleet(List<Post> posts, Path folder) {
    this.folder = folder;
    posts.forEach(post -> members.add(new Member(post)));
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
    try {
      member.process = SluiceProcess.run(member.post.environment(), folder.resolve(log(member)));
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
            "process %s ended by itself with exit code %d (%s)"
                .formatted(member.post.name(), member.process.exitCode(), log(member)));
        member.restartAt = System.nanoTime() + RESTART_PAUSE_NANOS;
      } else if (System.nanoTime() - member.restartAt >= 0) {
        start(member);
      }
    }
  }

  private static String log(Member member) {
    return "sluice-%s-%d.log".formatted(member.post.name(), member.starts);
  }

  /** Whether several pipelines share the documents. */
  boolean isDivided() {
    return members.stream().anyMatch(member -> !member.post.partition().isWhole());
  }

  /** Whether each pipeline has a process that carries its events. */
  synchronized boolean isStreaming() {
    return members.stream()
        .collect(
            Collectors.groupingBy(
                member -> member.post.partition(),
                Collectors.mapping(Member::state, Collectors.toSet())))
        .values()
        .stream()
        .allMatch(states -> states.contains("STREAMING"));
  }

  /** The machine that carries the most events; the first if that cannot be told just now. */
  synchronized int active() {
    return members.stream()
        .filter(Member::isAtWork)
        .collect(
            Collectors.groupingBy(
                member -> member.post.machine(), TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .max(
            Map.Entry.<Integer, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(1);
  }

  /** How often the processes of the machine were started so far. */
  synchronized int starts(int machine) {
    return on(machine).stream().mapToInt(member -> member.starts).sum();
  }

  /** All at once, before any of them is started again. */
  synchronized void kill(int machine) {
    on(machine).forEach(member -> member.doomed = true);
    on(machine).forEach(member -> member.process.kill());
  }

  /**
   * SIGTERM; returns when the processes have ended. Anything but 0 is noted as an ending.
   *
   * @return the worst of their exit codes
   */
  int terminate(int machine) {
    List<Member> doomed = new ArrayList<>();
    List<SluiceProcess> processes = new ArrayList<>();
    synchronized (this) {
      for (Member member : on(machine)) {
        if (member.process != null && member.process.isAlive()) {
          member.doomed = true;
          doomed.add(member);
          processes.add(member.process);
          member.process.process().destroy();
        }
      }
    }
    int worst = 0;
    for (int i = 0; i < processes.size(); i++) {
      int code = processes.get(i).exitCode();
      if (code != 0) {
        noteBadStop(doomed.get(i), code);
      }
      worst = Math.max(worst, code);
    }
    return worst;
  }

  private synchronized void noteBadStop(Member member, int code) {
    endings.add(
        "process %s answered SIGTERM with exit code %d".formatted(member.post.name(), code));
  }

  synchronized void pause(int machine) {
    on(machine).forEach(member -> member.process.pause());
  }

  synchronized void resume(int machine) {
    on(machine).forEach(member -> member.process.resume());
  }

  private List<Member> on(int machine) {
    return members.stream().filter(member -> member.post.machine() == machine).toList();
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
    members.stream().map(member -> member.post.machine()).distinct().forEach(this::terminate);
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
