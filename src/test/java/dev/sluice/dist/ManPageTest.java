package dev.sluice.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Console;
import dev.sluice.cli.SluiceCommand;
import dev.sluice.config.SettingKey;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** sluice(1) names all that there is, in a form that man and mandoc read. */
class ManPageTest {
  private static final Build BUILD = new Build("1.2.3", Instant.parse("2026-11-21T00:00:00Z"));

  private final CommandLine line = line();

  private static CommandLine line() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return SluiceCommand.line(new Console(Map.of(), nowhere, nowhere, false));
  }

  private String page() throws Exception {
    return new ManPage(line, BUILD, Path.of("docs")).text();
  }

  @Test
  void namesEveryCommandOptionSettingAndExitCode() throws Exception {
    String page = page().replace("\\-", "-");

    assertThat(page).startsWith(".TH SLUICE 1 2026-11-21 \"sluice 1.2.3\" \"User Commands\"\n");
    assertNamed(line, "sluice", page);
    for (SettingKey key : SettingKey.values()) {
      assertThat(page).contains("\n.B \"" + key.name());
    }
    assertThat(page).contains("\n.SH \"EXIT STATUS\"\n.TP\n.B \"0\"\n", "\n.B \"70\"\n");
  }

  private static void assertNamed(CommandLine parent, String path, String page) {
    parent
        .getSubcommands()
        .forEach(
            (name, command) -> {
              assertThat(page).contains("\n.SS \"" + path + " " + name);
              command
                  .getCommandSpec()
                  .options()
                  .forEach(
                      option ->
                          assertThat(
                                  option.usageHelp()
                                      || option.versionHelp()
                                      || page.contains(option.longestName()))
                              .as(option.longestName())
                              .isTrue());
              assertNamed(command, path + " " + name, page);
            });
  }

  @Test
  void escapesWhatRoffWouldTakeForItsOwn() {
    Roff roff = new Roff().text(".env is `KEY=value`, C:\\x").text("'quoted' …").term("--a", "");

    assertThat(roff)
        .hasToString(
            """
            \\&.env is \\fBKEY=value\\fR, C:\\ex
            \\&'quoted' \\[u2026]
            .TP
            .B "\\-\\-a"
            \\&
            """);
  }

  @Test
  void isReadByMandocWithoutAComplaint(@TempDir Path directory) throws Exception {
    Path page = directory.resolve("sluice.1");
    Files.writeString(page, page());

    assertThat(output("mandoc", "-T", "lint", "-W", "warning", page.toString())).isEmpty();
    assertThat(output("mandoc", "-T", "ascii", page.toString())).contains("SLUICE(1)");
  }

  private static String output(String... command) throws Exception {
    Assumptions.assumeTrue(
        List.of(System.getenv("PATH").split(":")).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, command[0]))),
        command[0] + " is not installed");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
