package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLogTest {
  @TempDir private Path directory;

  private GcLog log() throws Exception {
    Path file = directory.resolve("gc");
    Files.writeString(
        file,
        """
        [1000ms] Using G1
        [2000ms] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(128M) 3.500ms
        [2500ms] GC(1) Pause Young (Concurrent Start) (Metadata GC Threshold) 14M->6M(128M) 2.000ms
        [2501ms] GC(2) Concurrent Mark Cycle
        [2510ms] GC(2) Pause Remark 7M->7M(128M) 1.250ms
        [2512ms] GC(2) Concurrent Mark Cycle 11.000ms
        [3000ms] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 27M->5120K(128M) 1.000ms
        """);
    return GcLog.read(file);
  }

  @Test
  void pausesAreAddedUpAndConcurrentPhasesAreNone() throws Exception {
    assertThat(log().pauseMillis()).isEqualTo(7.75);
  }

  @Test
  void whatTheHeapGrowsByBetweenCollectionsIsWhatWasAllocated() throws Exception {
    // 10 MB up to the second, 1 MB up to the third, 20 MB up to the last, in 1,000 events.
    assertThat(log().bytesPerEvent(1_500, 3_500, millis -> millis)).hasValue((31 << 20) / 1_000.0);
  }

  @Test
  void oneCollectionAloneTellsNothing() throws Exception {
    assertThat(log().bytesPerEvent(2_600, 3_500, millis -> millis)).isEmpty();
  }
}
