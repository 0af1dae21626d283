package dev.sluice.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes files into a tar.gz whose bytes depend on their names and content alone: in the order of
 * the names, of one time, owned by root.
 */
final class Tarball {
  private static final int PROGRAM = 0100755;
  private static final int FILE = 0100644;
  private static final int FOLDER = 040755;

  private final Instant time;

  Tarball(Instant time) {
    this.time = time;
  }

  /**
   * @param folder what all of it lies in
   * @param files by their path in that folder; those in bin/ may be run
   */
  void write(Path tarball, String folder, SortedMap<String, Path> files) throws IOException {
    GzipParameters parameters = new GzipParameters();
    // Nearly all of it are jars, from which nothing is to be gained.
    parameters.setCompressionLevel(Deflater.BEST_SPEED);
    try (OutputStream file = Files.newOutputStream(tarball);
        OutputStream zipped = new GzipCompressorOutputStream(file, parameters);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(zipped, "UTF-8")) {
      String last = "";
      for (Map.Entry<String, Path> entry : files.entrySet()) {
        String name = folder + "/" + entry.getKey();
        last = enter(tar, last, name);
        add(tar, name, entry.getValue());
      }
    }
  }

  /** Folders that the one before did not lie in. */
  private String enter(TarArchiveOutputStream tar, String last, String name) throws IOException {
    for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
      String parent = name.substring(0, end + 1);
      if (!last.startsWith(parent)) {
        TarArchiveEntry entry = new TarArchiveEntry(parent);
        entry.setMode(FOLDER);
        put(tar, entry);
        tar.closeArchiveEntry();
      }
    }
    return name;
  }

  private void add(TarArchiveOutputStream tar, String name, Path file) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(name.contains("/bin/") ? PROGRAM : FILE);
    entry.setSize(Files.size(file));
    put(tar, entry);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
    entry.setModTime(time.toEpochMilli());
    entry.setIds(0, 0);
    entry.setNames("root", "root");
    tar.putArchiveEntry(entry);
  }
}
