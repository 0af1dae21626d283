package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A rule that makes commands fail, as MongoDB's own {@code failCommand} failpoint does.
 *
 * @param commands the commands it is for; empty for all but those of monitoring
 * @param appName only connections that gave this name, or empty for all
 * @param skip how many matching commands pass first
 * @param times how many it then hits; negative for all
 */
record FailPoint(
    Set<String> commands, String appName, AtomicInteger skip, AtomicInteger times, Effect effect) {

  /** Never hit unless named: a driver's monitoring, and the commands that lift the fault. */
  private static final Set<String> SPARED =
      Set.of(
          "hello",
          "isMaster",
          "ismaster",
          "ping",
          "configureFailPoint",
          FaultCommands.COMMAND,
          "endSessions");

  /** What happens to a command that is hit. The parts combine, as they do on a server. */
  record Effect(
      int errorCode,
      List<String> errorLabels,
      boolean closesConnection,
      Duration blocks,
      Duration delaysReply,
      boolean corruptsReply,
      Document writeConcernError) {

    static final Effect CLOSE =
        new Effect(0, null, true, Duration.ZERO, Duration.ZERO, false, null);
    static final Effect CORRUPT =
        new Effect(0, null, false, Duration.ZERO, Duration.ZERO, true, null);

    static Effect error(int code) {
      return new Effect(code, null, false, Duration.ZERO, Duration.ZERO, false, null);
    }

    static Effect delay(Duration delay) {
      return new Effect(0, null, false, Duration.ZERO, delay, false, null);
    }
  }

  FailPoint(Set<String> commands, String appName, int times, Effect effect) {
    this(Set.copyOf(commands), appName, new AtomicInteger(), new AtomicInteger(times), effect);
  }

  /** Whether the command is hit; counts it if so. */
  boolean hits(String command, String clientName) {
    boolean named = commands.contains(command);
    boolean meant = commands.isEmpty() ? !SPARED.contains(command) : named;
    if (!meant || !appName.isEmpty() && !appName.equals(clientName)) {
      return false;
    }
    if (skip.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      return false;
    }
    return times.getAndUpdate(n -> n > 0 ? n - 1 : n) != 0;
  }

  /** A failpoint as {@code configureFailPoint} describes it. */
  static FailPoint parse(Document data, Object mode) {
    Set<String> names = Set.of();
    if (data.get("failCommands") instanceof List<?> list) {
      names = Set.copyOf(list.stream().map(String::valueOf).toList());
    }
    int times = -1;
    int skip = 0;
    if (mode instanceof Document counted) {
      times = counted.get("times") instanceof Number n ? n.intValue() : -1;
      skip = counted.get("skip") instanceof Number n ? n.intValue() : 0;
    }
    Duration blocks =
        Boolean.TRUE.equals(data.get("blockConnection"))
                && data.get("blockTimeMS") instanceof Number n
            ? Duration.ofMillis(n.longValue())
            : Duration.ZERO;
    Effect effect =
        new Effect(
            data.get("errorCode") instanceof Number code ? code.intValue() : 0,
            labels(data.get("errorLabels")),
            Boolean.TRUE.equals(data.get("closeConnection")),
            blocks,
            Duration.ZERO,
            false,
            data.get("writeConcernError") instanceof Document error ? error : null);
    String appName = data.get("appName") instanceof String name ? name : "";
    return new FailPoint(names, appName, new AtomicInteger(skip), new AtomicInteger(times), effect);
  }

  private static List<String> labels(Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : null;
  }
}
