package dev.sluice.bench.loop;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Publishes to a stream by its own protocol, in frames of many messages, each body as the data of a
 * message of AMQP 1.0 and nothing else.
 */
final class StreamWindow implements Sending {
  /** As much as Sluice sends together. */
  private static final int BURST_BYTES = 64 * 1024;

  /** Length, key, version, publisher, number of messages. */
  private static final int FRAME_HEAD = 4 + 2 + 2 + 1 + 4;

  /** How a data section begins: its descriptor, and bytes with a length of four bytes. */
  private static final byte[] DATA = {0x00, 0x53, 0x75, (byte) 0xb0};

  /** Id and length of a message, and the head of its data section. */
  private static final int MESSAGE_HEAD = 8 + 4 + DATA.length + 4;

  private final StreamLink link;
  private final int maxEvents;
  private final long maxBytes;
  private final int[] sizes;
  private ByteBuffer frame = ByteBuffer.allocate(2 * BURST_BYTES).position(FRAME_HEAD);
  private int inFrame;
  private long published;
  private long confirmed;
  private long bytes;

  StreamWindow(LoopSettings settings) throws IOException {
    link = StreamLink.open(settings.amqpUri(), settings.streamPort());
    maxEvents = settings.window();
    maxBytes = settings.windowBytes();
    sizes = new int[maxEvents];
    link.declarePublisher(settings.exchange());
    Thread listener = new Thread(this::listen, "confirms");
    listener.setDaemon(true);
    listener.start();
  }

  @Override
  public void publish(byte[] body) throws IOException, InterruptedException {
    if (frame.remaining() < MESSAGE_HEAD + body.length) {
      flush();
      if (frame.remaining() < MESSAGE_HEAD + body.length) {
        frame = ByteBuffer.allocate(FRAME_HEAD + MESSAGE_HEAD + body.length).position(FRAME_HEAD);
      }
    }
    long id = admit(body.length);
    frame.putLong(id).putInt(DATA.length + Integer.BYTES + body.length);
    frame.put(DATA).putInt(body.length).put(body);
    inFrame++;
    if (frame.position() >= BURST_BYTES) {
      flush();
    }
  }

  /** The id of the next message, when there is room for it. */
  private long admit(int size) throws IOException, InterruptedException {
    if (isFull()) {
      flush();
    }
    synchronized (this) {
      while (isFull()) {
        wait();
      }
      sizes[(int) (published % maxEvents)] = size;
      bytes += size;
      return published++;
    }
  }

  private synchronized boolean isFull() {
    return published - confirmed >= maxEvents || bytes >= maxBytes;
  }

  @Override
  public void flush() throws IOException {
    if (inFrame == 0) {
      return;
    }
    frame.putInt(0, frame.position() - Integer.BYTES);
    frame.putShort(4, (short) StreamLink.PUBLISH).putShort(6, (short) 1);
    frame.put(8, (byte) 0).putInt(9, inFrame);
    link.write(frame.array(), frame.position());
    frame.position(FRAME_HEAD);
    inFrame = 0;
  }

  private void listen() {
    try {
      while (true) {
        StreamLink.Frame answer = link.next();
        if (answer.key() != StreamLink.PUBLISH_CONFIRM) {
          Sending.end("command " + answer.key() + " instead of confirms");
        }
        link.in().readByte();
        long[] ids = new long[link.in().readInt()];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = link.in().readLong();
        }
        confirm(ids);
      }
    } catch (IOException e) {
      Sending.end("lost: " + e);
    }
  }

  /** They come in the order of the ids: one publisher has one stream. */
  private synchronized void confirm(long[] ids) {
    for (long id : ids) {
      bytes -= sizes[(int) (id % maxEvents)];
    }
    confirmed += ids.length;
    notifyAll();
  }

  @Override
  public void awaitConfirms() throws IOException, InterruptedException {
    flush();
    synchronized (this) {
      while (confirmed < published) {
        wait();
      }
    }
  }
}
