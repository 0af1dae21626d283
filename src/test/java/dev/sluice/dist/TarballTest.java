package dev.sluice.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive's bytes depend on names and content alone. */
class TarballTest {
  private static final Instant TIME = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path directory;

  private Path file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path packed(String name, Map<String, Path> files) throws IOException {
    Path tarball = directory.resolve(name);
    new Tarball(TIME).write(tarball, "sluice-1", new TreeMap<>(files));
    return tarball;
  }

  private static List<String> entries(Path tarball) throws IOException {
    List<String> entries = new ArrayList<>();
    try (InputStream file = Files.newInputStream(tarball);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
        assertThat(entry.getLongUserId() + entry.getLongGroupId()).isZero();
        entries.add(Integer.toOctalString(entry.getMode()) + " " + entry.getName());
      }
    }
    return entries;
  }

  @Test
  void twoFoldersOfTheSameContentMakeTheSameBytes() throws IOException {
    Path late = file("two/sluice", "text");
    Files.setLastModifiedTime(late, FileTime.from(Instant.EPOCH));
    assertThat(late.toFile().setReadable(false, false)).isTrue();
    assertThat(late.toFile().setReadable(true, true)).isTrue();

    Path one = packed("one.tar.gz", Map.of("bin/sluice", file("one/sluice", "text")));
    Path two = packed("two.tar.gz", Map.of("bin/sluice", late));

    assertThat(one).hasSameBinaryContentAs(two);
  }

  @Test
  void hasEachFolderOnceAndProgramsThatMayBeRun() throws IOException {
    Path file = file("file", "text");

    Path tarball =
        packed("a.tar.gz", Map.of("lib/b", file, "bin/sluice", file, "lib/a", file, "x/y/z", file));

    assertThat(entries(tarball))
        .containsExactly(
            "40755 sluice-1/",
            "40755 sluice-1/bin/",
            "100755 sluice-1/bin/sluice",
            "40755 sluice-1/lib/",
            "100644 sluice-1/lib/a",
            "100644 sluice-1/lib/b",
            "40755 sluice-1/x/",
            "40755 sluice-1/x/y/",
            "100644 sluice-1/x/y/z");
  }
}
