package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceTest {
  private static final HiddenText HIDDEN = new HiddenText("sesame", "a key of sixteen bytes");

  @TempDir private Path folder;

  @Test
  void namesTheLinesOfLogsInWhichStandsWhatMustNotLeave() throws Exception {
    try (Evidence evidence = Evidence.in(folder)) {
      Files.writeString(folder.resolve("sluice-1-1.log"), "STREAMING\nsent sesame-7\n");
      Files.writeString(folder.resolve("sluice-1-2.log"), "STREAMING\n");
      Files.writeString(folder.resolve("hash-key"), "sesame");

      assertThat(evidence.logsWith(HIDDEN)).containsExactly("sluice-1-1.log: sent sesame-7");
    }
  }
}
