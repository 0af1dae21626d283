package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Console;
import dev.sluice.cli.SluiceCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A command that was run in this process, to its end.
 *
 * @param err what it complained of
 */
record EndedCommand(int code, String out, String err) {
  /** Runs it with these settings and no others. */
  static EndedCommand of(Map<String, String> environment, String... arguments) {
    return of(environment, Path.of("/dev/null"), arguments);
  }

  static EndedCommand of(Map<String, String> environment, Path envFile, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add("--env-file=" + envFile);
    Console console =
        new Console(environment, new PrintWriter(out, true), new PrintWriter(err, true), false);
    return new EndedCommand(
        SluiceCommand.execute(console, line.toArray(String[]::new)),
        out.toString(),
        err.toString());
  }

  /** It says what is wrong in one line and ends with this code. */
  void assertOneSentence(int expected, String... parts) {
    assertThat(err.lines()).hasSize(1);
    assertLastSentence(expected, parts);
  }

  /** The same behind other lines, if the command had begun its work. */
  void assertLastSentence(int expected, String... parts) {
    assertThat(code).as(err).isEqualTo(expected);
    assertThat(err.lines().filter(line -> line.startsWith("sluice: ")))
        .singleElement()
        .isEqualTo(err.lines().reduce((first, last) -> last).orElseThrow())
        .asString()
        .contains(parts);
  }
}
