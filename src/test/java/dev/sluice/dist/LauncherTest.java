package dev.sluice.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** bin/sluice with a stand-in for Java that says what it was given, in a folder with a blank. */
class LauncherTest {
  private static final List<String> ALL_IT_NEEDS = List.of("dirname", "readlink");

  @TempDir Path directory;
  private Path home;
  private Path path;

  /** How it ended, and all that it wrote, a line a word of the JVM's command line. */
  private record Ended(int code, List<String> lines) {}

  @BeforeEach
  void unpack() throws IOException {
    home = directory.toRealPath().resolve("my sluice");
    path = Files.createDirectories(directory.resolve("path"));
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.copy(Path.of("src/dist/bin/sluice"), home.resolve("bin/sluice"));
    assertThat(home.resolve("bin/sluice").toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("lib/sluice.jar"), "");
    for (String program : ALL_IT_NEEDS) {
      program(path.resolve(program), "exec " + onOurPath(program) + " \"$@\"");
    }
    java(path.resolve("java"));
  }

  private static Path onOurPath(String name) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static void java(Path program) throws IOException {
    Files.createDirectories(program.getParent());
    program(program, "printf '%s\\n' \"$0\" \"$@\"");
  }

  private static void program(Path program, String line) throws IOException {
    Files.writeString(program, "#!/bin/sh\n" + line + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private Ended start(Path program, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", path.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
    return new Ended(process.waitFor(), lines);
  }

  private Ended start(Map<String, String> environment, String... arguments) throws Exception {
    return start(home.resolve("bin/sluice"), environment, arguments);
  }

  private List<String> commandLine(Path java, List<String> more, String... arguments) {
    List<String> words = new ArrayList<>(List.of(java.toString()));
    words.add("@" + home.resolve("lib/jvm.options"));
    words.addAll(more);
    words.addAll(List.of("-jar", home.resolve("lib/sluice.jar").toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  @Test
  void handsTheCommandLineOverAsItStands() throws Exception {
    Ended ended = start(Map.of(), "sql", "select  1", "", "*");

    assertThat(ended.code()).isZero();
    assertThat(ended.lines())
        .isEqualTo(
            commandLine(
                path.resolve("java"),
                List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off"),
                "sql",
                "select  1",
                "",
                "*"));
  }

  @Test
  void takesTheClassArchiveWhereThereIsOne() throws Exception {
    Files.writeString(home.resolve("lib/sluice.jsa"), "archive");

    assertThat(start(Map.of(), "run").lines())
        .contains("-XX:SharedArchiveFile=" + home.resolve("lib/sluice.jsa"));
  }

  @Test
  void hasOptionsOfOnesOwnBehindTheOthers() throws Exception {
    assertThat(start(Map.of("JAVA_OPTS", "-Xmx256m -Dx=y"), "run").lines())
        .isEqualTo(
            commandLine(
                path.resolve("java"),
                List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xmx256m", "-Dx=y"),
                "run"));
  }

  @Test
  void findsItsFolderBehindLinks() throws Exception {
    Path first = Files.createSymbolicLink(directory.resolve("first"), home.resolve("bin/sluice"));
    Path second = Files.createSymbolicLink(directory.resolve("second"), first.getFileName());

    assertThat(start(second, Map.of(), "run").lines())
        .contains(home.resolve("lib/sluice.jar").toString());
  }

  @Test
  void prefersTheJavaOfJavaHome() throws Exception {
    Path java = directory.resolve("jdk/bin/java");
    java(java);

    Ended ended = start(Map.of("JAVA_HOME", directory.resolve("jdk").toString()), "run");

    assertThat(ended.lines()).startsWith(java.toString());
  }

  @Test
  void saysThatJavaIsMissing() throws Exception {
    Files.delete(path.resolve("java"));

    assertOneSentence(
        start(Map.of(), "run"), "java is missing: install openjdk-17-jre-headless (Debian");
  }

  @Test
  void saysThatJavaHomeLeadsNowhere() throws Exception {
    assertOneSentence(
        start(Map.of("JAVA_HOME", "/no/such"), "run"),
        "There is no /no/such/bin/java, where JAVA_HOME leads");
  }

  @Test
  void saysThatJavaIsTooOld() throws Exception {
    Path jdk = directory.resolve("jdk");
    java(jdk.resolve("bin/java"));
    for (String old : List.of("1.8.0_292", "11.0.22")) {
      Files.writeString(
          jdk.resolve("release"), "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"" + old + "\"\n");

      assertOneSentence(
          start(Map.of("JAVA_HOME", jdk.toString()), "run"), "Sluice needs Java 17 or newer");
    }
    for (String recent : List.of("17", "17.0.15", "25-ea")) {
      Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + recent + "\"\n");

      assertThat(start(Map.of("JAVA_HOME", jdk.toString()), "run").code()).isZero();
    }
  }

  @Test
  void saysThatItsJarIsNotThere() throws Exception {
    Files.delete(home.resolve("lib/sluice.jar"));

    assertOneSentence(start(Map.of(), "run"), "lib/sluice.jar is not there");
  }

  private static void assertOneSentence(Ended ended, String part) {
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.lines())
        .singleElement()
        .asString()
        .startsWith("sluice: ")
        .contains(part)
        .endsWith(".");
  }
}
