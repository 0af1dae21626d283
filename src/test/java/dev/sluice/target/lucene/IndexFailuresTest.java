package dev.sluice.target.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IndexFailuresTest {
  private static TargetException recognise(IOException failure) {
    return IndexFailures.recognise(failure, Path.of("index"));
  }

  /** Lucene looks for its lock all the same, and hangs what went wrong before on that. */
  private static IOException noLock(IOException why) {
    IOException failure = new NoSuchFileException("index/write.lock");
    failure.addSuppressed(why);
    return failure;
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsNotTakenForNone() {
    TargetException failure = recognise(noLock(new AccessDeniedException("index/write.lock")));

    assertThat(failure.kind()).isEqualTo(Kind.UNUSABLE);
    assertThat(failure)
        .hasMessage("The index index may not be written: give this user the right to");
  }

  @Test
  void aReadOnlyFileSystemIsWaitedFor() {
    TargetException failure =
        recognise(
            noLock(new FileSystemException("index/write.lock", null, "Read-only file system")));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("Read-only file system");
  }

  @Test
  void aFullDiskIsWaitedFor() {
    TargetException failure = recognise(new IOException("No space left on device"));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("No space left on device");
  }
}
