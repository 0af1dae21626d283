package dev.sluice.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What RabbitMQ nodes need that are to meet each other and nobody else: a directory, an Erlang
 * cookie and a port mapper ({@code epmd}) of their own. All of it, and each node, is gone when this
 * closes or this JVM dies.
 */
final class ErlangHost implements AutoCloseable {
  static final String ADDRESS = "127.0.0.1";

  private final RabbitInstallation installation;
  private final Leash leash;
  private final Path home;
  private final int mapperPort = FreePorts.one();
  private final List<Process> held = new ArrayList<>();

  private ErlangHost(RabbitInstallation installation, Leash leash) {
    this.installation = installation;
    this.leash = leash;
    this.home = leash.directory().resolve("home");
  }

  static ErlangHost open(RabbitInstallation installation) {
    Leash leash = Leash.onDirectory("sluice-rabbitmq-");
    try {
      ErlangHost host = new ErlangHost(installation, leash);
      host.begin();
      return host;
    } catch (IOException e) {
      leash.close();
      throw new UncheckedIOException(e);
    }
  }

  private void begin() throws IOException {
    Files.createDirectory(home);
    Path cookie = home.resolve(".erlang.cookie");
    Files.writeString(cookie, UUID.randomUUID().toString());
    // Erlang refuses a cookie that others may read.
    Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    Path own = installation.binaries().resolve("epmd");
    String mapper = Files.isExecutable(own) ? own.toString() : "epmd";
    hold(
        spawn(
            directory().resolve("epmd.log"),
            Map.of(),
            mapper,
            "-port",
            Integer.toString(mapperPort),
            "-address",
            ADDRESS));
  }

  RabbitInstallation installation() {
    return installation;
  }

  Path directory() {
    return leash.directory();
  }

  /** Ends with this host, whatever happens to this JVM. */
  synchronized void hold(Process process) {
    held.removeIf(other -> !other.isAlive());
    held.add(process);
    leash.holds(held.toArray(Process[]::new));
  }

  /** Starts one of the installation's programs, in a session of its own. */
  Process spawn(Path log, Map<String, String> environment, String... command) {
    File output = log.toFile();
    List<String> line = new ArrayList<>(OwnSession.PREFIX);
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().keySet().removeIf(key -> key.startsWith("RABBITMQ_"));
    Map<String, String> all = new HashMap<>(environment);
    all.put("HOME", home.toString());
    all.put("ERL_EPMD_PORT", Integer.toString(mapperPort));
    all.put("ERL_EPMD_ADDRESS", ADDRESS);
    builder.environment().putAll(all);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The ends of all logs: what there is to say when a test cannot explain something. */
  String logs() {
    try (Stream<Path> files = Files.walk(directory())) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        text.append(directory().relativize(file)).append(":\n");
        text.append(content.substring(Math.max(0, content.length() - 4_000))).append('\n');
      }
      return text.toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    leash.close();
  }
}
