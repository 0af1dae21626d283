package dev.sluice.target.file;

import dev.sluice.consume.TargetException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * What of the file of history is safe. Each batch is an entry at the end of the journal, written
 * when the batch's lines are on the disk: how long the file is with them, and the marks of their
 * events. An entry that is not whole was never acknowledged; it is cut off, and so are the lines
 * beyond the last entry.
 *
 * <p>An entry: length of the name (short), name of the file, its length (long), number of marks
 * (int), the marks, CRC-32 of all that (int). For one thread, and locked against other processes.
 */
final class Journal implements AutoCloseable {
  /** What the file is after the last entry. */
  record Safe(String name, long length, long files) {}

  /** For one entry: a batch is never as large. */
  private static final int MOST_MARKS = 10_000_000;

  private static final int BUFFER = 1 << 16;

  private final FileChannel channel;

  /** Of each file that an entry names, how long it is. */
  private final Map<String, Long> lengths = new HashMap<>();

  private Safe safe;

  private Journal(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the journal, makes one if there is none, and goes to its end.
   *
   * @param each told of each mark, oldest first
   */
  static Journal open(Path file, Consumer<EventMark> each) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel, file);
      Journal journal = new Journal(channel);
      long end = journal.read(each);
      channel.truncate(end);
      channel.position(end);
      return journal;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void lock(FileChannel channel, Path file) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw TargetException.unavailable(
          "Another consumer writes " + file.getFileName() + " and its file", null);
    }
  }

  /** Reads the whole of it; gives where the last whole entry ends. */
  private long read(Consumer<EventMark> each) throws IOException {
    channel.position(0);
    // Not to be closed: that would close the channel.
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
    long end = 0;
    try {
      while (true) {
        end += readEntry(in, each);
      }
    } catch (EOFException e) {
      return end;
    }
  }

  /** Its bytes. The end of the file, or a wrong sum, is an {@link EOFException}. */
  private long readEntry(DataInputStream in, Consumer<EventMark> each) throws IOException {
    byte[] name = new byte[in.readUnsignedShort()];
    in.readFully(name);
    long length = in.readLong();
    int count = in.readInt();
    if (count < 0 || count > MOST_MARKS) {
      throw new EOFException("no entry");
    }
    byte[] marks = new byte[count * EventMark.BYTES];
    in.readFully(marks);
    ByteBuffer entry = entry(name, length, count).put(marks);
    if (in.readInt() != sum(entry)) {
      throw new EOFException("no whole entry");
    }
    ByteBuffer bytes = ByteBuffer.wrap(marks);
    for (int i = 0; i < count; i++) {
      each.accept(EventMark.read(bytes));
    }
    note(new String(name, StandardCharsets.UTF_8), length);
    return entry.capacity();
  }

  private static ByteBuffer entry(byte[] name, long length, int count) {
    int size =
        Short.BYTES
            + name.length
            + Long.BYTES
            + Integer.BYTES
            + count * EventMark.BYTES
            + Integer.BYTES;
    return ByteBuffer.allocate(size)
        .putShort((short) name.length)
        .put(name)
        .putLong(length)
        .putInt(count);
  }

  private static int sum(ByteBuffer entry) {
    CRC32 crc = new CRC32();
    crc.update(entry.array(), 0, entry.position());
    return (int) crc.getValue();
  }

  private void note(String name, long length) {
    long files = safe == null ? 1 : safe.files() + (safe.name().equals(name) ? 0 : 1);
    safe = new Safe(name, length, files);
    lengths.put(name, length);
  }

  /** Null before the first entry. */
  Safe safe() {
    return safe;
  }

  /** How long that file is after the last entry that names it; empty if none does. */
  OptionalLong length(String name) {
    Long length = lengths.get(name);
    return length == null ? OptionalLong.empty() : OptionalLong.of(length);
  }

  /** Returns when the entry is on the disk. */
  void append(String name, long length, Collection<EventMark> marks) throws IOException {
    ByteBuffer entry = entry(name.getBytes(StandardCharsets.UTF_8), length, marks.size());
    marks.forEach(mark -> mark.write(entry));
    entry.putInt(sum(entry)).flip();
    while (entry.hasRemaining()) {
      channel.write(entry);
    }
    channel.force(false);
    note(name, length);
  }

  /** Those of the marks that the journal has; reads all of it. */
  Set<EventMark> among(Set<EventMark> marks) throws IOException {
    Set<EventMark> found = new HashSet<>();
    Safe kept = safe;
    long end =
        read(
            mark -> {
              if (marks.contains(mark)) {
                found.add(mark);
              }
            });
    safe = kept;
    channel.position(end);
    return found;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
