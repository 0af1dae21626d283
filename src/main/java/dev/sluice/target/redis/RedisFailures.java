package dev.sluice.target.redis;

import dev.sluice.consume.TargetException;
import dev.sluice.tls.TlsFailure;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What a failure of Redis means. An error begins with its code; one out of a script of Redis 6 has
 * it further behind (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors).
 */
final class RedisFailures {
  /**
   * Loading its data, without its primary, a replica or one since a failover, full ({@code
   * maxmemory}), unable to write its files ({@code MISCONF}), too few replicas, or busy with
   * somebody's script.
   */
  private static final Set<String> AWAY =
      Set.of("LOADING", "MASTERDOWN", "READONLY", "OOM", "MISCONF", "NOREPLICAS", "BUSY");

  /** Another kind of value is under the key. */
  private static final String WRONG_TYPE = "WRONGTYPE";

  /** One server of several: it has some of the keys only. */
  private static final Set<String> CLUSTER = Set.of("MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN");

  private static final Pattern IN_SCRIPT = Pattern.compile("@user_script: ?\\d+: -?([A-Z]{3,}) ");

  /** The one error without a code that goes away by itself. */
  private static final String TOO_MANY_CLIENTS = "max number of clients";

  /** Behind this an error repeats what it was sent. */
  private static final String WITH_ARGUMENTS = ", with args beginning with";

  private RedisFailures() {}

  /**
   * @param name the server's, for the sentence
   */
  static TargetException recognise(JedisException failure, String name) {
    if (failure instanceof JedisDataException) {
      return ofAnswer(failure, name);
    }
    if (TlsFailure.whileConnecting(failure, "").isPresent()) {
      return TargetException.unusable(
          name
              + " and we find no way to speak TLS ("
              + rootOf(failure)
              + "): tls.ca names the file of an authority whom the JVM does not trust, tls.cert and"
              + " tls.key the certificate that the server may want of us",
          failure);
    }
    if (failure instanceof JedisConnectionException) {
      return TargetException.unavailable(name + " is away (" + rootOf(failure) + ")", failure);
    }
    return TargetException.unusable(name + " cannot be used: " + failure.getMessage(), failure);
  }

  private static TargetException ofAnswer(JedisException failure, String name) {
    String message = withoutArguments(failure.getMessage());
    String code = code(message);
    String sentence = name + " says: " + message;
    if (AWAY.contains(code) || message.contains(TOO_MANY_CLIENTS)) {
      return TargetException.unavailable(sentence, failure);
    }
    if (code.equals(WRONG_TYPE)) {
      return TargetException.refused(
          name + " has a value of another kind under a key that is ours", failure);
    }
    if (CLUSTER.contains(code)) {
      return TargetException.unusable(cluster(name), failure);
    }
    return TargetException.unusable(sentence, failure);
  }

  /** Why a cluster is of no use. */
  static String cluster(String name) {
    return name
        + " is one of a cluster, and only a single server (with replicas) is supported, since a"
        + " batch has keys of several";
  }

  private static String code(String message) {
    Matcher inScript = IN_SCRIPT.matcher(message);
    return inScript.find() ? inScript.group(1) : message.split(" ", 2)[0];
  }

  private static String withoutArguments(String message) {
    int arguments = message == null ? -1 : message.indexOf(WITH_ARGUMENTS);
    return arguments < 0 ? String.valueOf(message) : message.substring(0, arguments);
  }

  private static String rootOf(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
