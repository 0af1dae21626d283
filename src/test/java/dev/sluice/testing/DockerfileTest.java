package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must be true of the images; that they run is shown on a Docker engine by {@code .ci}. */
class DockerfileTest {
  private static final Path FILE = Path.of("src/docker/Dockerfile");
  private static final Path HEALTH = Path.of("src/docker/health");

  @TempDir Path directory;

  @Test
  void hasTheModulesThatOurClassesNeed() throws Exception {
    assertThat(list("(?m)^ARG MODULES=(.*)$")).containsAll(modules(Path.of("target/classes")));
  }

  @Test
  void runsAsNobodyAndWithoutAShellInFrontOfJava() throws Exception {
    String file = Files.readString(FILE);

    assertThat(file)
        .contains("\nUSER 10001:10001\n", "\nFROM scratch AS base\n")
        .contains("\nENTRYPOINT [\"/sluice/java/bin/java\", \"@/sluice/jvm.options\"")
        .contains("\nCMD [\"run\"]\n", "\nCMD [\"consume\"]\n")
        .contains("CMD [\"/sluice/health\", \"/livez\"]");
    assertThat(Pattern.compile("(?m)^FROM .* AS (.*)$").matcher(file).results())
        .extracting(stage -> stage.group(1))
        .as("without --target it is the pipeline")
        .endsWith("consumers", "pipeline");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:PORT, 200, 0",
    "0.0.0.0:PORT, 200, 0",
    "[::]:PORT, 200, 0",
    ":PORT, 200, 0",
    "PORT, 200, 0",
    "localhost:PORT, 200, 0",
    "127.0.0.1:PORT, 503, 1",
  })
  void isAsHealthyAsTheProgramSays(String address, int status, int code) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    List<String> asked = new CopyOnWriteArrayList<>();
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI() + " of " + exchange.getRequestHeaders().get("Host"));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      String port = String.valueOf(server.getAddress().getPort());

      assertThat(health(address.replace("PORT", port))).isEqualTo(code);
      assertThat(asked)
          .as("as a name that is this machine's alone, whatever the address")
          .containsExactly("/livez of [localhost]");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void isNotHealthyWhereNobodyListens() throws Exception {
    assertThat(health("127.0.0.1:" + FreePorts.one())).isEqualTo(1);
  }

  @Test
  void isHealthyWhereNothingIsServed() throws Exception {
    assertThat(health("")).isZero();
  }

  @Test
  void asksAConsumerWhereItsOwnOptionSays() throws Exception {
    String nobody = "127.0.0.1:" + FreePorts.one();

    assertThat(health(nobody, "consume", "--to", "file:plays.jsonl")).isZero();
    assertThat(health("", "consume", "--http", nobody, "--to", "file:plays.jsonl")).isEqualTo(1);
    assertThat(health("", "consume", "--http=" + nobody)).isEqualTo(1);
  }

  private int health(String address) throws Exception {
    return health(address, "run");
  }

  private int health(String address, String... command) throws Exception {
    String words = "java\0-jar\0/sluice/sluice.jar\0" + String.join("\0", command) + "\0";
    Path line = Files.writeString(directory.resolve("cmdline"), words);
    ProcessBuilder check = new ProcessBuilder("bash", HEALTH.toString(), "/livez", line.toString());
    check.environment().putAll(Map.of("SLUICE_HTTP", address));
    Process process = check.redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static List<String> modules(Path classes) {
    StringWriter printed = new StringWriter();
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    int code =
        jdeps.run(
            new PrintWriter(printed),
            new PrintWriter(printed),
            "--multi-release=17",
            "--ignore-missing-deps",
            "--print-module-deps",
            classes.toString());
    assertThat(code).as(printed.toString()).isZero();
    return List.of(printed.toString().strip().split(","));
  }

  private static List<String> list(String pattern) throws IOException {
    MatchResult found =
        Pattern.compile(pattern)
            .matcher(Files.readString(FILE))
            .results()
            .findFirst()
            .orElseThrow();
    return List.of(found.group(1).split(","));
  }
}
