package dev.sluice.target.file;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file of history: each event is in it once. The lines are on the disk before the journal
 * says so, and that before anything is acknowledged.
 */
public final class FileTarget implements Target {
  private static final Logger log = LoggerFactory.getLogger(FileTarget.class);

  /** Ids at hand: some seconds of a busy stream, 7 MB. Older ones are looked up in the journal. */
  private static final int REMEMBERED = 65_536;

  /** Each batch is synchronised twice, file and journal. */
  private static final int BATCH = 2_000;

  private final FileParameters parameters;
  private final LineFormat lines;
  private final WrittenEvents written = new WrittenEvents(REMEMBERED);
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final Journal journal;
  private FileChannel channel;
  private String name;
  private long files;
  private long newestSeconds;

  private FileTarget(FileParameters parameters) throws IOException {
    this.parameters = parameters;
    this.lines = parameters.lines();
    this.journal = Journal.open(parameters.journal(), this::remember);
  }

  private void remember(EventMark mark) {
    written.add(mark);
    newestSeconds = Math.max(newestSeconds, Integer.toUnsignedLong(mark.seconds()));
  }

  /** What opens it; what its parameters say is checked, where it is is not. */
  public static Target.Opener opener(FileParameters parameters) {
    return new Target.Opener() {
      @Override
      public Target open() {
        return FileTarget.open(parameters);
      }

      @Override
      public int batch() {
        return BATCH;
      }
    };
  }

  /** Opens the file, or makes it; see {@link Target.Opener}. */
  public static FileTarget open(FileParameters parameters) {
    FileTarget target = null;
    try {
      target = new FileTarget(parameters);
      target.resume();
      return target;
    } catch (IOException e) {
      closeQuietly(target);
      throw recognise(e, true);
    } catch (RuntimeException e) {
      closeQuietly(target);
      throw e;
    }
  }

  private static void closeQuietly(FileTarget target) {
    if (target != null) {
      target.close();
    }
  }

  /** Goes on behind what is safe, and cuts off what is not. */
  private void resume() throws IOException {
    Journal.Safe safe = journal.safe();
    if (safe == null) {
      files = 1;
      if (!parameters.rotation().isOn()) {
        refuseForeign(parameters.sibling(parameters.name(files, "")));
      }
      return;
    }
    files = safe.files();
    name = safe.name();
    goOn(parameters.sibling(name), safe.length());
  }

  /** Never cuts off what the journal says is there. */
  private void goOn(Path file, long safe) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < safe) {
      throw TargetException.unusable(
          "The file "
              + file
              + " is shorter than what was written to it: bring it back, or take its journal "
              + parameters.journal().getFileName()
              + " away to begin anew");
    }
    channel.truncate(safe);
    channel.position(safe);
  }

  private void refuseForeign(Path file) throws IOException {
    // Lines of a first batch whose entry never came about are ours as well.
    if (Files.exists(file) && Files.size(file) > 0 && !beginsAsOurs(file)) {
      throw TargetException.unusable(
          "The file " + file + " is there and was not written by sluice consume: name another");
    }
  }

  private boolean beginsAsOurs(Path file) throws IOException {
    String begin = lines.header().isEmpty() ? "{\"eventId\": \"" : lines.header();
    byte[] expected = begin.getBytes(StandardCharsets.UTF_8);
    try (var in = Files.newInputStream(file)) {
      byte[] there = in.readNBytes(expected.length);
      return Arrays.equals(there, Arrays.copyOf(expected, there.length));
    }
  }

  @Override
  public void apply(Batch batch) {
    Map<EventMark, Event> fresh = new LinkedHashMap<>();
    batch.events().forEach(event -> fresh.putIfAbsent(EventMark.of(event), event));
    try {
      Set<EventMark> repeats = written.among(fresh.keySet(), journal::among);
      fresh.keySet().removeAll(repeats);
      if (!fresh.isEmpty()) {
        write(fresh);
      }
    } catch (IOException e) {
      throw recognise(e, false);
    }
  }

  private void write(Map<EventMark, Event> fresh) throws IOException {
    fresh.keySet().forEach(this::noteTime);
    choose();
    buffer.reset();
    for (Event event : fresh.values()) {
      lines.write(event, buffer);
    }
    write(buffer.toByteArray());
    channel.force(false);
    journal.append(name, channel.position(), fresh.keySet());
    fresh.keySet().forEach(written::add);
  }

  private void noteTime(EventMark mark) {
    newestSeconds = Math.max(newestSeconds, Integer.toUnsignedLong(mark.seconds()));
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  /** Goes on to the next file if it is time. */
  private void choose() throws IOException {
    long limit = parameters.rotation().bytes();
    if (channel != null && limit > 0 && channel.position() >= limit) {
      files++;
    }
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochSecond(newestSeconds), ZoneOffset.UTC);
    String now = parameters.name(files, day.toString());
    if (channel != null && now.equals(name)) {
      return;
    }
    if (channel != null) {
      channel.close();
    }
    name = now;
    Path file = parameters.sibling(name);
    OptionalLong safe = journal.length(name);
    if (safe.isPresent() && Files.exists(file)) {
      // Another rotation, or none, has written to it before.
      goOn(file, safe.getAsLong());
      return;
    }
    refuseForeign(file);
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    write(lines.header().getBytes(StandardCharsets.UTF_8));
    makeDurable(file.getParent());
  }

  /** That the file is there at all. Where a directory cannot be opened, the system sees to it. */
  private static void makeDurable(Path directory) {
    try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException e) {
      log.debug("The directory {} was not synchronised", directory, e);
    }
  }

  /** A full disk and an error of it may pass; what is not allowed when we begin does not. */
  private static TargetException recognise(IOException failure, boolean opening) {
    String sentence = "The file cannot be written: " + failure;
    boolean refused =
        failure instanceof AccessDeniedException || failure instanceof NoSuchFileException;
    return opening && (refused || failure.getClass() == FileSystemException.class)
        ? TargetException.unusable(sentence, failure)
        : TargetException.unavailable(sentence, failure);
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
      journal.close();
    } catch (IOException e) {
      log.debug("A file did not close cleanly", e);
    }
  }
}
