package dev.sluice.dist;

import dev.sluice.cli.Console;
import dev.sluice.cli.SluiceCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Gathers what {@code make build} has made, and packs it up with what belongs to it. */
public final class Distribution {
  private static final List<String> JARS =
      List.of(
          "sluice.jar",
          "sluice-consumers.jar",
          "sluice-cassandra.jar",
          "sluice-duckdb.jar",
          "sluice-tracing.jar");

  private final Path project;
  private final Build build;
  private final SortedMap<String, Path> files = new TreeMap<>();

  private Distribution(Path project) throws IOException {
    this.project = project;
    this.build = Build.of(project.resolve("pom.xml"));
  }

  /**
   * Run in the project's folder: writes target/sluice-VERSION.tar.gz and its checksum beside it.
   */
  public static void main(String[] args) throws IOException {
    Path target = Path.of("target");
    Path tarball = pack(Path.of(""), target);
    SortedMap<String, Path> one = new TreeMap<>(Map.of(tarball.getFileName().toString(), tarball));
    Path checksum = target.resolve(tarball.getFileName() + ".sha256");
    Files.writeString(checksum, Checksums.of(one));
    System.out.println(tarball + " (" + Files.size(tarball) / 1_000_000 + " MB), and " + checksum);
  }

  /**
   * @param project the folder of a project that is built
   * @param target where the tarball goes, and for a while what is made for it
   */
  static Path pack(Path project, Path target) throws IOException {
    Distribution distribution = new Distribution(project);
    String name = "sluice-" + distribution.build.version();
    Path made = Files.createTempDirectory(target, "dist-");
    try {
      distribution.gather(made);
      Path tarball = target.resolve(name + ".tar.gz");
      new Tarball(distribution.build.time()).write(tarball, name, distribution.files);
      return tarball;
    } finally {
      remove(made);
    }
  }

  private void gather(Path made) throws IOException {
    add("bin/sluice", "src/dist/bin/sluice");
    for (String jar : JARS) {
      add("lib/" + jar, "target/" + jar);
    }
    add("lib/jvm.options", "src/main/jvm.options");
    add("sluice-sbom.json", "target/sluice-sbom.json");
    for (String file : List.of("README.md", "CHANGELOG.md", "LICENSE", ".env.example")) {
      add(file, file);
    }
    addAll("docs");
    addAll("deploy");
    add("share/zsh/site-functions/_sluice", "src/dist/zsh/_sluice");
    CommandLine line = commandLine();
    make(
        made.resolve("completion"),
        "share/bash-completion/completions/sluice",
        AutoComplete.bash("sluice", line));
    make(
        made.resolve("manual"),
        "share/man/man1/sluice.1",
        new ManPage(line, build, project.resolve("docs")).text());
    make(made.resolve("sums"), "SHA256SUMS", Checksums.of(files));
  }

  /** With all its commands, none of which will be run. */
  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return SluiceCommand.line(new Console(Map.of(), nowhere, nowhere, false));
  }

  private void make(Path file, String name, String text) throws IOException {
    Files.writeString(file, text);
    files.put(name, file);
  }

  private void add(String name, String source) throws IOException {
    Path file = project.resolve(source);
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not there: make build brings what is built");
    }
    files.put(name, file);
  }

  private void addAll(String folder) throws IOException {
    try (Stream<Path> all = Files.walk(project.resolve(folder))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = folder + "/" + project.resolve(folder).relativize(file);
        files.put(name.replace('\\', '/'), file);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
