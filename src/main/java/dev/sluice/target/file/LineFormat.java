package dev.sluice.target.file;

import dev.sluice.consume.Event;
import java.io.IOException;
import java.io.OutputStream;

/** How an event is written as one line. For one thread. */
interface LineFormat {
  /** The first line of each file, with its end; may be empty. */
  String header();

  /** The event as a line, with its end. */
  void write(Event event, OutputStream out) throws IOException;
}
