package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What one RabbitMQ node reads when it starts, and where it writes.
 *
 * @param directory of this node alone
 * @param name in Erlang's form, node@localhost
 * @param port of AMQP
 */
record RabbitNodeFiles(Path directory, String name, int port) {
  static final String MEMORY_WATERMARK = "0.4";
  static final String DISK_LIMIT_BYTES = "1000000";

  /** The default of RabbitMQ 3.10, and here that of 4, too, whose own is 16 MiB. */
  static final int MAX_MESSAGE_BYTES = 134_217_728;

  /**
   * Makes the directory.
   *
   * @param more lines of {@code rabbitmq.conf} over those that every node has
   */
  void write(List<String> more) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("enabled_plugins"), plugins(more));
      Files.writeString(directory.resolve("env.conf"), "");
      Files.writeString(
          directory.resolve("rabbitmq.conf"),
          """
          listeners.tcp.1 = %s:%d
          log.file.level = warning
          vm_memory_high_watermark.relative = %s
          disk_free_limit.absolute = %s
          max_message_size = %d
          %s
          """
              .formatted(
                  ErlangHost.ADDRESS,
                  port,
                  MEMORY_WATERMARK,
                  DISK_LIMIT_BYTES,
                  MAX_MESSAGE_BYTES,
                  String.join("\n", more)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the lines are for: without the plugin, RabbitMQ does not know them. Else a small one. */
  private static String plugins(List<String> lines) {
    return lines.stream().anyMatch(line -> line.startsWith("stream."))
        ? "[rabbitmq_stream].\n"
        : "[rabbitmq_consistent_hash_exchange].\n";
  }

  /** For the node itself and for what asks it by {@code rabbitmqctl}. */
  Map<String, String> environment(int distributionPort) {
    return Map.ofEntries(
        Map.entry("RABBITMQ_NODENAME", name),
        Map.entry("RABBITMQ_DIST_PORT", Integer.toString(distributionPort)),
        Map.entry("RABBITMQ_BASE", directory.toString()),
        Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("data").toString()),
        Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()),
        Map.entry("RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq.conf").toString()),
        Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", directory.resolve("none.config").toString()),
        Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", directory.resolve("enabled_plugins").toString()),
        Map.entry("RABBITMQ_CONF_ENV_FILE", directory.resolve("env.conf").toString()),
        Map.entry(
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"),
        // Makes the script become the Erlang machine: our child is then the one to kill.
        Map.entry("RUNNING_UNDER_SYSTEMD", "true"));
  }
}
