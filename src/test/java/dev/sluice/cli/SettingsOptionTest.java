package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SettingsOptionTest {
  private static String logOfLoading(Map<String, String> environment) {
    SettingsOption option =
        CommandLine.populateCommand(new SettingsOption(), "--env-file=/dev/null");
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      option.load(environment);
    } finally {
      System.setErr(before);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void logsWhatMayBeMeantOtherwiseAndNoValue() {
    assertThat(logOfLoading(Map.of("MONGODB_URI", "mongodb://me:hush@host/")))
        .contains("WARN", "MONGODB_URI in the environment is no setting", "MONGO_DATABASE_HOST")
        .doesNotContain("hush");
  }

  @Test
  void logsNothingWhereAllIsClear() {
    assertThat(logOfLoading(Map.of("SLUICE_QUEUE", "q"))).isEmpty();
  }
}
