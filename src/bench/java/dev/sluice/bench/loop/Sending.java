package dev.sluice.bench.loop;

import java.io.IOException;

/**
 * Publishes bodies with so many, and so many bytes of them, unconfirmed at the most: the same
 * bounds as Sluice's. One thread publishes. Whatever is refused ends the process, since a loop that
 * has lost something has no speed.
 */
interface Sending {
  /** May keep the body back until {@link #flush}. Blocks while the window is full. */
  void publish(byte[] body) throws IOException, InterruptedException;

  /** Sends what was kept back: nothing more is at hand. */
  void flush() throws IOException;

  /** Waits until everything is confirmed. */
  void awaitConfirms() throws IOException, InterruptedException;

  /** Says why, and ends the process. */
  static void end(String why) {
    System.err.println(why);
    Runtime.getRuntime().halt(1);
  }
}
