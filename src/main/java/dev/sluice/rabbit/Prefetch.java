package dev.sluice.rabbit;

import dev.sluice.message.Message;

/**
 * How many messages may be under way to a consumer. The broker counts messages and not bytes, so
 * where they are large it is lowered, and stays lower as long as the process runs. Written by the
 * client's thread, read by the one that opens the queue again.
 */
final class Prefetch {
  /** The rest of the heap is for the batch that is applied, and for what a target makes of it. */
  private static final int PART_OF_HEAP = 8;

  private final long mostBytes;
  private volatile int messages;

  Prefetch(int messages) {
    this(messages, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /**
   * @param mostBytes of messages that may wait to be taken
   */
  Prefetch(int messages, long mostBytes) {
    this.messages = messages;
    this.mostBytes = mostBytes;
  }

  /**
   * What it has while it waits, roughly: others may put up to a frame of headers on a message, 128
   * KiB. A text has one byte for a character as a rule, and what is around it does not count.
   */
  static long bytes(Message message) {
    long[] bytes = {message.body().length};
    message.headers().forEach((name, header) -> bytes[0] += header.toString().length());
    return bytes[0];
  }

  int messages() {
    return messages;
  }

  long mostBytes() {
    return mostBytes;
  }

  /**
   * Lowers it if more than the most bytes are waiting, to half of the messages that have them.
   *
   * @return whether it did: the queue has to be opened again. Never of one message alone
   */
  boolean lowers(int waiting, long bytes) {
    if (bytes <= mostBytes || waiting <= 1) {
      return false;
    }
    messages = waiting / 2;
    return true;
  }
}
