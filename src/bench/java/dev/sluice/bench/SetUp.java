package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what the figures were taken. */
final class SetUp {
  private SetUp() {}

  static Map<String, String> of(BenchServers servers, BenchOptions options) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("taken", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    lines.put("processor", cpu() + ", " + Runtime.getRuntime().availableProcessors() + " cores");
    lines.put("load before", load() + " (1, 5, 15 minutes)");
    lines.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    lines.put("JVM", System.getProperty("java.vm.name") + " " + Runtime.version());
    lines.put("MongoDB", servers.mongoText());
    lines.put("RabbitMQ", servers.rabbitText());
    String heap = options.heap().map(given -> " -Xmx" + given).orElse("");
    lines.put(
        "Sluice's JVM",
        ("@src/main/jvm.options -XX:SharedArchiveFile=target/sluice.jsa"
                + heap
                + " "
                + String.join(" ", options.jvm()))
            .strip());
    lines.put(
        "loops' JVM",
        ("@src/main/jvm.options" + heap + " " + String.join(" ", options.loopJvm())).strip());
    lines.put(
        "run",
        "%s; %d rounds after a warm-up, interleaved; up to %d events of %s bytes"
            .formatted(
                options.mode().toString().toLowerCase(java.util.Locale.ROOT),
                options.rounds(),
                options.events(),
                options.sizes()));
    return lines;
  }

  /** The load averages: what else the machine had to do. */
  static String load() {
    return firstLine(Path.of("/proc/loadavg")).replaceFirst("^(\\S+ \\S+ \\S+) .*", "$1");
  }

  private static String cpu() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.replaceFirst(".*: ", ""))
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).get(0);
    } catch (IOException e) {
      return "unknown";
    }
  }
}
