package dev.sluice.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of {@code make dist}, unpacked as a user would. */
class DistributionIT {
  @TempDir private static Path directory;
  private static Path home;

  @BeforeAll
  static void unpack() throws Exception {
    Path tarball = Distribution.pack(Path.of(""), directory);
    assertThat(output(directory, "tar", "-xzf", tarball.toString())).isEmpty();
    String version = Build.of(Path.of("pom.xml")).version();
    assertThat(tarball).hasFileName("sluice-" + version + ".tar.gz");
    home = directory.resolve("sluice-" + version);
  }

  @Test
  void hasAllThatIsNeededAndAChecksumOfEachFile() throws Exception {
    assertThat(home).isDirectoryContaining("glob:**/{README.md,LICENSE,CHANGELOG.md,.env.example}");
    assertThat(home.resolve("lib"))
        .isDirectoryContaining("glob:**/sluice-{consumers,cassandra,duckdb,tracing}.jar");
    assertThat(home.resolve("deploy/systemd/sluice.service")).isRegularFile();
    assertThat(home.resolve("deploy/kubernetes/kustomization.yaml")).isRegularFile();
    assertThat(home.resolve("docs/INSTALL.md")).isRegularFile();
    assertThat(home.resolve("sluice-sbom.json")).isRegularFile();

    assertThat(output(home, "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS")).isEmpty();
    try (Stream<Path> files = Files.walk(home)) {
      assertThat(Files.readAllLines(home.resolve("SHA256SUMS")))
          .hasSize((int) files.filter(Files::isRegularFile).count() - 1);
    }
  }

  @Test
  void startsWithItsOptions() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("sluice"), home.resolve("bin/sluice"));

    assertThat(output(directory, link.toString(), "--version"))
        .startsWith("sluice " + Build.of(Path.of("pom.xml")).version() + "\n");
  }

  /** Its drivers lie in other jars, which are found beside. */
  @Test
  void hasTheConsumersBeside() throws Exception {
    Files.writeString(directory.resolve("plays.jsonl"), "{\"operation\": \"insert\"}\n");

    assertThat(
            output(
                directory,
                home.resolve("bin/sluice").toString(),
                "sql",
                "select 6 * 7 as answer",
                "--on",
                "plays.jsonl"))
        .contains("42");
  }

  @Test
  void completesInBash() throws Exception {
    assertThat(
            output(
                home,
                "bash",
                "--norc",
                "-c",
                "source share/bash-completion/completions/sluice; COMP_WORDS=(sluice con);"
                    + " COMP_CWORD=1; _complete_sluice; echo \"${COMPREPLY[*]}\""))
        .isEqualTo("consume\n");
  }

  /** A zsh at a terminal, with the folder in its fpath: two letters and the tabulator. */
  @Test
  void completesInZsh() throws Exception {
    assumeInstalled("zsh");
    Path script = directory.resolve("complete.zsh");
    Files.writeString(
        script,
        """
        zmodload zsh/zpty
        zpty -b shell zsh -f -i
        said() { local piece; while zpty -r -t shell piece; do print -rn -- $piece; done }
        await() { # await PATTERN: until the shell has written it
          local all= piece n
          for n in {1..400}; do
            while zpty -r -t shell piece; do all+=$piece; done
            [[ $all == ${~1} ]] && { print -r -- $all; return 0 }
            zselect -t 5
          done
          print -r -- "not seen: $all"; return 1
        }
        zmodload zsh/zselect
        zpty -w shell "fpath=($1/share/zsh/site-functions \\$fpath); autoload -Uz compinit; compinit -u -d $2; PS1='ready> '"
        await '*ready> *' >/dev/null || exit 1
        zpty -w -n shell $'sluice con\\t'
        await '*consume*'
        """);

    assertThat(
            output(
                directory,
                "zsh",
                "-f",
                script.toString(),
                home.toString(),
                directory.resolve("zcompdump").toString()))
        .contains("consume");
  }

  @Test
  void hasItsManPageWhereManLooks() throws Exception {
    assumeInstalled("man");
    assertThat(
            output(
                home,
                "man",
                "-l",
                "--warnings",
                home.resolve("share/man/man1/sluice.1").toString()))
        .contains("SLUICE(1)", "sluice consume");
  }

  private static void assumeInstalled(String program) {
    Assumptions.assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
        program + " is not installed");
  }

  private static String output(Path folder, String... command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    Process process =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
