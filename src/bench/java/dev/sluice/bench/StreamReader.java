package dev.sluice.bench;

import dev.sluice.bench.loop.StreamLink;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;

/**
 * Reads a stream by its own protocol, from the first message on, chunk by chunk: how many messages
 * there are, exactly and at once, which RabbitMQ itself tells every few seconds only. While a run
 * is measured it looks at the heads of the chunks alone; behind a run, at each message.
 */
final class StreamReader implements AutoCloseable {
  /** Chunks that may be on their way. */
  private static final int CREDIT = 10;

  private static final long PATIENCE_MILLIS = 20_000;

  /** When so long nothing came behind what was counted, nothing is there twice at the end. */
  private static final long QUIET_MILLIS = 200;

  /** Two bits of an entry's length tell batches that were compressed, of which there are none. */
  private static final int IS_BATCH = 0x8000_0000;

  private final StreamLink link;
  private final Tally tally;
  private final boolean whole;
  private long messages;
  private IOException failure;
  private boolean closed;

  private StreamReader(StreamLink link, Tally tally, boolean whole) {
    this.link = link;
    this.tally = tally;
    this.whole = whole;
  }

  /** Counts, on a thread of its own. */
  static StreamReader counting(BenchServers servers, Lane lane) throws IOException {
    return begin(servers, lane, new Tally(0, false), false);
  }

  /** Reads a stream to which nothing comes any more. */
  static QueueCheck check(BenchServers servers, Lane lane, Tally tally, long written)
      throws IOException, InterruptedException {
    try (StreamReader reader = begin(servers, lane, tally, true)) {
      return reader.untilThereAre(written);
    }
  }

  private static StreamReader begin(BenchServers servers, Lane lane, Tally tally, boolean whole)
      throws IOException {
    StreamLink link = StreamLink.open(servers.rabbit().uri(), servers.streamPort().orElseThrow());
    link.subscribe(lane.name(), CREDIT);
    StreamReader reader = new StreamReader(link, tally, whole);
    Thread thread = new Thread(reader::read, "bench-stream-reader");
    thread.setDaemon(true);
    thread.start();
    return reader;
  }

  /** How many messages have come. */
  synchronized long messages() {
    if (failure != null) {
      throw new IllegalStateException("The stream cannot be read", failure);
    }
    return messages;
  }

  /** What there was when so many had come, or when nothing came any more. */
  private QueueCheck untilThereAre(long wanted) throws InterruptedException {
    long before = -1;
    while (messages() > before) {
      before = messages();
      awaitChange(before, before < wanted ? PATIENCE_MILLIS : QUIET_MILLIS);
    }
    synchronized (this) {
      return tally.check();
    }
  }

  private synchronized void awaitChange(long before, long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (messages == before && failure == null && System.nanoTime() < until) {
      wait(20);
    }
  }

  private void read() {
    try {
      while (true) {
        StreamLink.Frame frame = link.next();
        if (frame.key() == StreamLink.DELIVER) {
          chunk(frame.bytes());
          link.credit();
        } else {
          link.in().skipNBytes(frame.bytes());
        }
      }
    } catch (IOException e) {
      ended(e);
    }
  }

  private synchronized void ended(IOException why) {
    boolean asked = closed && (why instanceof SocketException || why instanceof EOFException);
    failure = asked ? null : why;
    notifyAll();
  }

  /** Subscription, then the chunk as it lies on the disk. */
  private void chunk(int bytes) throws IOException {
    DataInputStream in = link.in();
    in.skipNBytes(1 + 1 + 1);
    int entries = in.readUnsignedShort();
    long records = Integer.toUnsignedLong(in.readInt());
    // Timestamp, epoch, first offset, checksum, lengths of data and trailer, what is reserved.
    in.skipNBytes(8 + 8 + 8 + 4 + 4 + 4 + 4);
    int left = bytes - 49;
    if (whole) {
      for (int i = 0; i < entries; i++) {
        int length = in.readInt();
        if ((length & IS_BATCH) != 0) {
          throw new IOException("a batch of messages, which nobody here sends");
        }
        byte[] message = in.readNBytes(length);
        left -= Integer.BYTES + length;
        synchronized (this) {
          tally.note(message, "");
        }
      }
    }
    in.skipNBytes(left);
    synchronized (this) {
      messages += records;
      notifyAll();
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    link.close();
  }
}
