package dev.sluice.rabbit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A socket that can be told to collect what is written. The client flushes after each message, and
 * each flush is a call of the system here and a small read there; a burst of messages needs one for
 * many.
 *
 * <p>Thread-safe: the client's heartbeats come on a thread of their own. What is held back is never
 * more than a buffer, and only as long as whoever holds it back has more to write.
 */
final class BurstSocket extends Socket {
  /** Some dozen messages: beyond that, calls of the system no longer count. */
  private static final int BUFFER_BYTES = 64 * 1024;

  private volatile Collecting collecting;

  /** From now on flushes do nothing, until {@link #release}. */
  void hold() {
    Collecting stream = collecting;
    if (stream != null) {
      stream.hold();
    }
  }

  /** Sends what was held back. */
  void release() throws IOException {
    Collecting stream = collecting;
    if (stream != null) {
      stream.release();
    }
  }

  /** Forgets what was held back. What comes then may follow half a frame: the end is near. */
  void discard() {
    Collecting stream = collecting;
    if (stream != null) {
      stream.discard();
    }
  }

  @Override
  public synchronized OutputStream getOutputStream() throws IOException {
    if (collecting == null) {
      collecting = new Collecting(super.getOutputStream());
    }
    return collecting;
  }

  private static final class Collecting extends OutputStream {
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int size;
    private boolean holding;

    Collecting(OutputStream out) {
      this.out = out;
    }

    synchronized void hold() {
      holding = true;
    }

    synchronized void release() throws IOException {
      holding = false;
      send();
    }

    synchronized void discard() {
      holding = false;
      size = 0;
    }

    @Override
    public synchronized void write(int value) throws IOException {
      if (size == buffer.length) {
        send();
      }
      buffer[size++] = (byte) value;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > buffer.length - size) {
        send();
      }
      if (length > buffer.length) {
        out.write(bytes, offset, length);
      } else {
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
      }
    }

    @Override
    public synchronized void flush() throws IOException {
      if (!holding) {
        send();
      }
    }

    private void send() throws IOException {
      if (size > 0) {
        // Not sent twice if it fails: the connection is of no more use then.
        int length = size;
        size = 0;
        out.write(buffer, 0, length);
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
