package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A copy of the Makefile and the scripts in a directory of their own, and a path on which there is
 * what each machine has to have and nothing else: no ps, flock, find, awk or docker.
 */
final class BareMachine {
  private static final List<String> ALL_THERE_IS =
      List.of("bash", "make", "cat", "mkdir", "rm", "sleep", "touch");

  private final Path project;
  private final Path bin;

  /** How a command ended, and all that it wrote. */
  record Ended(int code, String output) {}

  BareMachine(Path directory) throws IOException {
    project = Files.createDirectories(directory.resolve("project"));
    bin = Files.createDirectories(directory.resolve("bin"));
    for (String name : ALL_THERE_IS) {
      link(name, onOurPath(name));
    }
    copy("Makefile");
    copy("docker-compose.yaml");
    copy("pom.xml");
    try (Stream<Path> scripts = Files.list(Path.of("src/local"))) {
      for (Path script : scripts.toList()) {
        copy(script.toString());
      }
    }
    write("src/main/java/Main.java", "class Main {}");
  }

  private static Path onOurPath(String name) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private void copy(String file) throws IOException {
    Path copy = project.resolve(file);
    Files.createDirectories(copy.getParent());
    Files.copy(Path.of(file), copy);
    copy.toFile().setExecutable(Files.isExecutable(Path.of(file)));
  }

  /** A file of the project. */
  Path file(String name) {
    return project.resolve(name);
  }

  BareMachine write(String file, String... lines) throws IOException {
    Path path = file(file);
    Files.createDirectories(path.getParent());
    Files.write(path, List.of(lines));
    return this;
  }

  /** Puts a script of bash on the path. */
  BareMachine program(String name, String... lines) throws IOException {
    Path program = bin.resolve(name);
    Files.deleteIfExists(program);
    Files.createFile(
        program,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(program, "#!" + onOurPath("bash") + "\n" + String.join("\n", lines) + "\n");
    return this;
  }

  /** Puts this machine's own program on the path. */
  BareMachine link(String name, Path real) throws IOException {
    return program(name, "exec '" + real + "' \"$@\"");
  }

  BareMachine without(String name) throws IOException {
    Files.delete(bin.resolve(name));
    return this;
  }

  Ended make(String... words) throws Exception {
    // By its whole name: Java looks programs up on its own path.
    String make = bin.resolve("make").toString();
    return run(Map.of(), Stream.concat(Stream.of(make), Arrays.stream(words)).toList());
  }

  Ended servers(Map<String, String> environment, String word) throws Exception {
    return run(environment, List.of("src/local/servers", word));
  }

  private Ended run(Map<String, String> environment, List<String> command) throws Exception {
    Path output = Files.createTempFile(project.getParent(), "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            // A file: what it starts in the background may outlive it.
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends").isTrue();
    return new Ended(process.exitValue(), Files.readString(output));
  }
}
