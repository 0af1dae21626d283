package dev.sluice.bench;

import dev.sluice.testing.FreePorts;
import dev.sluice.testing.Leash;
import dev.sluice.testing.OwnSession;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonTimestamp;

/** Starts contenders, each as a process of its own, and says which of them can be started here. */
final class Launcher implements AutoCloseable {
  private static final String PYTHON = "/usr/bin/python3";
  private static final Path SCRIPT = Path.of("src/test/python/bench_pipe.py").toAbsolutePath();

  private final BenchOptions options;
  private final Optional<DebeziumServer> debezium;
  private final BenchServers servers;
  private final Leash leash = Leash.onDirectory("sluice-bench-");
  private int started;

  Launcher(BenchOptions options, BenchServers servers, Optional<DebeziumServer> debezium) {
    this.options = options;
    this.servers = servers;
    this.debezium = debezium;
  }

  /** Why this contender cannot take part; nothing if it can. */
  Optional<String> missing(Contender contender) throws IOException, InterruptedException {
    return switch (contender) {
      case PYTHON ->
          hasPythonClients()
              ? Optional.empty()
              : Optional.of("needs " + PYTHON + " with pymongo and pika");
      case DEBEZIUM ->
          debezium.isPresent()
              ? Optional.empty()
              : Optional.of(
                  "is fetched (782 MB) with BENCH_DEBEZIUM=1, and needs a JDK 25 under"
                      + " /usr/lib/jvm or at JAVA25_HOME");
      default -> contender.isStreamed() ? missingStreams() : Optional.empty();
    };
  }

  private Optional<String> missingStreams() {
    return servers.streamPort().isPresent()
        ? Optional.empty()
        : Optional.of(
            "needs a RabbitMQ with the plugin rabbitmq_stream; where one is given, set"
                + " BENCH_STREAM_PORT");
  }

  private static boolean hasPythonClients() throws IOException, InterruptedException {
    return Files.isExecutable(Path.of(PYTHON))
        && new ProcessBuilder(PYTHON, "-c", "import pymongo, pika")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  /**
   * @param events after how many it is done; 0 for never, which Sluice and Debezium do anyway
   */
  Running start(
      Contender contender, Site site, Lane lane, Load load, BsonTimestamp from, int events)
      throws IOException {
    Path log = file(contender, ".log");
    Path gcLog = file(contender, ".gc");
    Map<String, String> forLoops = site.forLoops(lane, load, from, events);
    Running running =
        switch (contender) {
          case SLUICE ->
              new Running(sluices(site, lane, load, log, gcLog), log, Optional.of(gcLog));
          case SLUICE_STREAM ->
              new Running(sluice(site.forStream(lane, load), log, gcLog), log, Optional.of(gcLog));
          case COUNTED, WATCHED ->
              new Running(
                  monitored(site.forSluice(lane, load), log, gcLog, contender),
                  log,
                  Optional.of(gcLog));
          case PYTHON ->
              new Running(
                  spawn(List.of(PYTHON, SCRIPT.toString()), forLoops, log), log, Optional.empty());
          case DEBEZIUM ->
              new Running(
                  debezium.orElseThrow().start(site, lane, log, gcLog), log, Optional.of(gcLog));
          default ->
              new Running(
                  spawn(loop("dev.sluice.bench.loop.Loop", contender.word(), gcLog), forLoops, log),
                  log,
                  Optional.of(gcLog));
        };
    leash.holds(running.processes().toArray(Process[]::new));
    return running;
  }

  private Path file(Contender contender, String end) {
    return leash.directory().resolve(contender.word() + "-" + ++started + end);
  }

  /**
   * One of those who copy what is there.
   *
   * @param environment the settings of Sluice or of a loop; those of Debezium are its own
   */
  Running start(Copier copier, Site site, Lane lane, Map<String, String> environment, String copy)
      throws IOException {
    Path log = leash.directory().resolve(copy + ".log");
    Path gcLog = leash.directory().resolve(copy + ".gc");
    Process process =
        switch (copier) {
          case EXPORT, LOOP, LABELLED ->
              spawn(loop("dev.sluice.bench.loop.CopyLoop", copier.word(), gcLog), environment, log);
          case DEBEZIUM -> debezium.orElseThrow().copy(site, lane, copy, log, gcLog);
          default -> sluice(environment, log, gcLog);
        };
    leash.holds(process);
    return new Running(process, log, Optional.of(gcLog));
  }

  private Process monitored(
      Map<String, String> environment, Path log, Path gcLog, Contender contender)
      throws IOException {
    int port = FreePorts.one();
    environment.put("SLUICE_HTTP", "127.0.0.1:" + port);
    Process process = sluice(environment, log, gcLog);
    if (contender == Contender.WATCHED) {
      Scraper.begin(process, port);
    }
    return process;
  }

  /** One for each partition; the logs of the first one are these. */
  private List<Process> sluices(Site site, Lane lane, Load load, Path log, Path gcLog)
      throws IOException {
    List<Process> processes = new ArrayList<>();
    for (Map<String, String> environment : site.forPartitions(lane, load)) {
      String more = processes.isEmpty() ? "" : "-" + processes.size();
      processes.add(
          sluice(
              environment,
              log.resolveSibling(log.getFileName() + more),
              gcLog.resolveSibling(gcLog.getFileName() + more)));
    }
    return processes;
  }

  private Process sluice(Map<String, String> environment, Path log, Path gcLog) throws IOException {
    List<String> jvm = new ArrayList<>();
    if (Files.exists(SluiceProcess.CLASS_ARCHIVE)) {
      jvm.add("-XX:SharedArchiveFile=" + SluiceProcess.CLASS_ARCHIVE);
    }
    options.heap().ifPresent(heap -> jvm.add("-Xmx" + heap));
    jvm.add(GcLog.option(gcLog));
    jvm.addAll(options.jvm());
    return SluiceProcess.run(environment, jvm, log).process();
  }

  /** For those that save a position, which nobody measures. */
  List<SluiceProcess> positioned(Site site, Lane lane, Load load) throws IOException {
    List<SluiceProcess> processes = new ArrayList<>();
    for (Map<String, String> environment : site.forPartitions(lane, load)) {
      processes.add(SluiceProcess.run(environment));
    }
    leash.holds(processes.stream().map(SluiceProcess::process).toArray(Process[]::new));
    return processes;
  }

  private List<String> loop(String loop, String which, Path gcLog) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("@" + SluiceProcess.JVM_OPTIONS);
    line.addAll(options.loopJvm());
    options.heap().ifPresent(heap -> line.add("-Xmx" + heap));
    line.add(GcLog.option(gcLog));
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.addAll(List.of(loop, which));
    return line;
  }

  static Process spawn(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    List<String> line = new ArrayList<>(OwnSession.PREFIX);
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return builder.start();
  }

  /** Ends at once whatever is left. */
  @Override
  public void close() {
    leash.close();
  }

  /** For a process that is to end by itself. */
  static void await(Process process, String what) throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(what + " did not end well");
    }
  }
}
