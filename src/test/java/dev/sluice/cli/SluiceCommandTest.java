package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class SluiceCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(Map<String, String> environment, String... line) {
    return SluiceCommand.execute(
        new Console(environment, new PrintWriter(out, true), new PrintWriter(err, true), false),
        line);
  }

  @Test
  void showsTheCommandsWhenItIsTold() {
    assertThat(execute(Map.of(), "--help")).isZero();
    assertThat(out.toString()).contains("run", "insert", "tail", "version");
  }

  @Test
  void showsTheCommandsAndFailsWhenItIsToldNothing() {
    assertThat(execute(Map.of())).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: sluice");
  }

  /** Only the one that is called is made: it must be the same as among all. */
  @ParameterizedTest
  @MethodSource("names")
  void everyCommandExplainsItselfAsItDoesAmongAll(String command) {
    assertThat(execute(Map.of(), command, "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: sluice " + command)
        .isEqualToIgnoringNewLines(all().getSubcommands().get(command).getUsageMessage());
  }

  private static Stream<String> names() {
    return all().getSubcommands().keySet().stream();
  }

  private static CommandLine all() {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return SluiceCommand.line(new Console(Map.of(), nowhere, nowhere, false));
  }

  @Test
  void aCommandThatIsMistypedIsCorrected() {
    assertThat(execute(Map.of(), "runn")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean").contains("sluice run");
  }

  /** What to raise is said in a sentence, and there is nothing of ours to look for. */
  @Test
  void showsAStackTraceForAMistakeOfOursAndNotForTooLittleMemory() throws Exception {
    Exception tooSmall = new PipelineException(FailureKind.BUG, "No room", new OutOfMemoryError());
    assertThat(explained(tooSmall)).isEqualTo(70);
    assertThat(err.toString().lines()).containsExactly("sluice: No room.");

    assertThat(explained(new IllegalStateException("odd"))).isEqualTo(70);
    assertThat(err.toString()).contains("a bug of its own").contains("\tat dev.sluice");
  }

  private int explained(Exception failure) throws Exception {
    CommandLine line =
        SluiceCommand.line(
            new Console(Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false));
    return line.getExecutionExceptionHandler().handleExecutionException(failure, line, null);
  }

  @Test
  void saysItsVersion() {
    assertThat(execute(Map.of(), "version")).isZero();
    assertThat(out.toString()).contains("sluice ", "Java ");
  }

  @Test
  void refusesAnOptionThatIsWrong() {
    assertThat(execute(Map.of(), "insert", "--mix", "insert:1,upsert:2")).isEqualTo(2);
    assertThat(err.toString()).contains("there are insert, update, replace, delete");
    assertThat(execute(Map.of(), "insert", "--every", "soon")).isEqualTo(2);
    assertThat(err.toString()).contains("write it as 500ms");
  }

  @Test
  void aConsumerIsToldWhereAStreamHasNoQueues() {
    Map<String, String> stream = Map.of("SLUICE_TARGET", "stream", "SLUICE_QUEUE_TYPE", "stream");
    assertThat(execute(stream, "consume", "--to", "file:x", "--bind", "sluice:#", "--name", "copy"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("a queue of --bind would stay empty");
    assertThat(
            execute(
                Map.of(), "consume", "--to", "file:x", "--bind", "a:#", "--name", "b", "--from=5"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--from is for a stream");
    assertThat(execute(Map.of(), "consume", "--to", "file:x", "--from=yesterday")).isEqualTo(2);
    assertThat(err.toString()).contains("first, last, next, an offset");
  }

  @Test
  void refusesAStartPointThatIsNone() {
    for (String point :
        new String[] {"yesterday", "token:", "token:zz", "token:8269", "2026-11-20"}) {
      assertThat(execute(Map.of(), "position", "set", "--from", point)).isEqualTo(2);
      assertThat(err.toString()).contains("\"" + point + "\" is not now, earliest, a time");
    }
    assertThat(execute(Map.of(), "position")).isEqualTo(2);
  }

  @Test
  void refusesToVerifyATimeLoop() {
    assertThat(execute(Map.of(), "insert", "--env-file=/dev/null", "--every=1s", "--verify"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("not with --every");
  }

  @Test
  void cannotLookOnAtTheDefaultExchange() {
    Map<String, String> environment = Map.of("SLUICE_EXCHANGE", "");

    assertThat(execute(environment, "tail", "--env-file=/dev/null")).isEqualTo(3);
    assertThat(err.toString()).contains("SLUICE_EXCHANGE is empty");
  }

  @Test
  void writesNoColoursWhereTheyAreNotWelcome() {
    Console quiet =
        new Console(Map.of("NO_COLOR", "1"), new PrintWriter(out), new PrintWriter(err), true);

    assertThat(quiet.colours()).isFalse();
  }
}
