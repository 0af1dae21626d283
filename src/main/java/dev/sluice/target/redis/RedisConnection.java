package dev.sluice.target.redis;

import dev.sluice.config.TlsFiles;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.TargetException;
import dev.sluice.tls.PemContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * One connection to a server. For one thread; behind a failure it is closed. Everything throws a
 * {@link TargetException}.
 */
final class RedisConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisConnection.class);

  private static final int CONNECT_MILLIS = 10_000;

  /** A network that swallows everything; somebody's slow command holds up all. */
  private static final int ANSWER_MILLIS = 60_000;

  /** What replicas have for a batch; those that keep up answer at once. */
  private static final int REPLICAS_MILLIS = 2000;

  /** Keys that the server looks at before it serves the next client: less than a millisecond. */
  private static final int SCANNED_AT_ONCE = 1000;

  private static final byte[] BEGIN = bytes("0");

  /** A key for {@link #awaitReplicas}, and how many seconds it stays. */
  private static final byte[][] WAITED = {
    bytes("sluice:wait"), bytes("1"), bytes("EX"), bytes("60")
  };

  private final Connection connection;
  private final String name;

  private RedisConnection(Connection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /** A connection that is logged in. */
  static RedisConnection open(RedisParameters parameters) {
    RedisPlace place = parameters.place();
    String name = "Redis at " + place;
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .resp2()
            // Not every user is allowed to say it, and no server needs it.
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .connectionTimeoutMillis(CONNECT_MILLIS)
            .socketTimeoutMillis(ANSWER_MILLIS)
            .database(place.database())
            .user(place.user())
            .password(place.password());
    parameters.tls().ifPresent(files -> withTls(config, files));
    try {
      HostAndPort server = new HostAndPort(place.host(), place.port());
      return new RedisConnection(new Connection(server, config.build()), name);
    } catch (JedisException e) {
      throw RedisFailures.recognise(e, name);
    }
  }

  /** The way that is not deprecated takes key stores in files only, and ours are of PEM. */
  @SuppressWarnings("deprecation")
  private static void withTls(DefaultJedisClientConfig.Builder config, TlsFiles files) {
    SSLParameters verifying = new SSLParameters();
    // Without it any certificate of the authority would do, whoever it is for.
    verifying.setEndpointIdentificationAlgorithm("HTTPS");
    try {
      config
          .ssl(true)
          .sslSocketFactory(PemContext.of(files).getSocketFactory())
          .sslParameters(verifying);
    } catch (WrongSettings e) {
      throw TargetException.unusable(e.getMessage().replaceFirst("\\.$", ""), e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What a reply of text says; null for none. */
  static String text(Object reply) {
    return reply == null ? null : new String((byte[]) reply, StandardCharsets.UTF_8);
  }

  /** For a sentence. */
  String name() {
    return name;
  }

  /** The reply: a Long, a byte[], a List of these, or null. */
  Object call(ProtocolCommand command, byte[]... arguments) {
    try {
      return send(command, arguments);
    } catch (JedisException e) {
      throw RedisFailures.recognise(e, name);
    }
  }

  private Object send(ProtocolCommand command, byte[]... arguments) {
    connection.sendCommand(command, arguments);
    return connection.getOne();
  }

  /** Runs a script, which the server is sent if it has it not. */
  Object run(RedisScript script, List<byte[]> keys, List<byte[]> arguments) {
    List<byte[]> all = new ArrayList<>(2 + keys.size() + arguments.size());
    all.add(script.digest());
    all.add(bytes(Integer.toString(keys.size())));
    all.addAll(keys);
    all.addAll(arguments);
    try {
      return send(Command.EVALSHA, all.toArray(byte[][]::new));
    } catch (JedisNoScriptException unknown) {
      all.set(0, script.text());
      return call(Command.EVAL, all.toArray(byte[][]::new));
    } catch (JedisException e) {
      throw RedisFailures.recognise(e, name);
    }
  }

  /**
   * Hands on all keys that a pattern fits, some at a time. Each that is there from the beginning to
   * the end is among them, some twice (https://redis.io/docs/latest/commands/scan/).
   *
   * @param more further arguments of the command
   */
  void scan(String glob, Consumer<List<byte[]>> some, String... more) {
    byte[] cursor = BEGIN;
    do {
      List<byte[]> arguments = new ArrayList<>();
      arguments.add(cursor);
      arguments.add(bytes("MATCH"));
      arguments.add(bytes(glob));
      arguments.add(bytes("COUNT"));
      arguments.add(bytes(Integer.toString(SCANNED_AT_ONCE)));
      for (String each : more) {
        arguments.add(bytes(each));
      }
      List<?> reply = (List<?>) call(Command.SCAN, arguments.toArray(byte[][]::new));
      cursor = (byte[]) reply.get(0);
      List<byte[]> keys = ((List<?>) reply.get(1)).stream().map(key -> (byte[]) key).toList();
      if (!keys.isEmpty()) {
        some.accept(keys);
      }
    } while (!text(cursor).equals("0"));
  }

  /**
   * Returns when so many replicas have all that is written here; at once for 0. They are asked
   * about what this very connection has written (https://redis.io/docs/latest/commands/wait/),
   * which is nothing if it was there from a first try already: so something is written.
   */
  void awaitReplicas(int replicas) {
    if (replicas > 0) {
      call(Command.SET, WAITED);
      byte[] limit = bytes(Integer.toString(REPLICAS_MILLIS));
      Object have = call(Command.WAIT, bytes(Integer.toString(replicas)), limit);
      if ((Long) have < replicas) {
        throw TargetException.unavailable(
            name + " has " + have + " replicas that keep up, and wait says " + replicas, null);
      }
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (JedisException e) {
      log.debug("A connection did not close cleanly", e);
    }
  }
}
