package dev.sluice.target.redis;

import dev.sluice.consume.TargetException;
import dev.sluice.target.redis.RedisParameters.Mode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Protocol.Command;

/**
 * Whether a server can be used, and whether it keeps what it confirms
 * (https://redis.io/docs/latest/commands/info/).
 */
final class ServerCheck {
  private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);

  /** The first whose SCAN tells the kinds of values apart. */
  private static final int OLDEST = 6;

  private ServerCheck() {}

  /**
   * Warns of what may lose something.
   *
   * @throws TargetException if the server cannot be used
   */
  static void of(RedisConnection connection, RedisParameters parameters) {
    Map<String, String> info = info(connection);
    if (info.isEmpty()) {
      log.warn(
          "{} does not let this user ask for INFO: whether it keeps what it confirms is not known.",
          connection.name());
      return;
    }
    if (info.getOrDefault("cluster_enabled", "0").equals("1")) {
      throw TargetException.unusable(RedisFailures.cluster(connection.name()));
    }
    String version = info.getOrDefault("redis_version", "");
    if (version.matches("[0-5]\\..*")) {
      throw TargetException.unusable(
          connection.name() + " is version " + version + ", and " + OLDEST + " is the oldest");
    }
    if (parameters.mode() != Mode.INVALIDATE) {
      warnOfEviction(connection, info);
      warnOfLoss(connection, info, parameters);
    }
  }

  /** Empty if the user may not ask. */
  private static Map<String, String> info(RedisConnection connection) {
    Map<String, String> info = new HashMap<>();
    String text;
    try {
      text = RedisConnection.text(connection.call(Command.INFO));
    } catch (TargetException failure) {
      if (!isForbidden(failure)) {
        throw failure;
      }
      return info;
    }
    for (String line : text.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        info.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return info;
  }

  private static boolean isForbidden(TargetException failure) {
    return failure.getCause().getMessage().startsWith("NOPERM");
  }

  private static void warnOfEviction(RedisConnection connection, Map<String, String> info) {
    String policy = info.getOrDefault("maxmemory_policy", "noeviction");
    if (!policy.equals("noeviction")) {
      log.warn(
          "{} has maxmemory-policy {}: when its memory is full it throws away what is kept here."
              + " Set it to noeviction.",
          connection.name(),
          policy);
    }
  }

  private static void warnOfLoss(
      RedisConnection connection, Map<String, String> info, RedisParameters parameters) {
    if (parameters.replicas() > 0) {
      return;
    }
    if (!info.getOrDefault("aof_enabled", "0").equals("1")) {
      log.warn(
          "{} has appendonly no: what it has confirmed may be lost when it ends. Set it to yes, or"
              + " have replicas and the target's parameter wait.",
          connection.name());
      return;
    }
    String sync = appendfsync(connection);
    if (!sync.equals("always")) {
      log.warn(
          "{} has appendfsync {}: what it has confirmed in the last {} may be lost when its machine"
              + " crashes. Set it to always, or have replicas and the target's parameter wait.",
          connection.name(),
          sync,
          sync.equals("everysec") ? "second or two" : "while");
    }
  }

  /** Not in INFO; hosted servers do not let it be asked for. */
  private static String appendfsync(RedisConnection connection) {
    try {
      List<?> reply =
          (List<?>)
              connection.call(
                  Command.CONFIG,
                  RedisConnection.bytes("GET"),
                  RedisConnection.bytes("appendfsync"));
      return reply.size() == 2 ? RedisConnection.text(reply.get(1)) : "unknown";
    } catch (TargetException notAllowed) {
      if (notAllowed.kind() == TargetException.Kind.UNAVAILABLE) {
        throw notAllowed;
      }
      return "unknown";
    }
  }
}
