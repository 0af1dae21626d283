package dev.sluice.target.file;

import dev.sluice.consume.Event;
import dev.sluice.consume.JsonLine;
import java.io.IOException;
import java.io.OutputStream;

/** One JSON object a line (https://jsonlines.org). */
final class JsonLines implements LineFormat {
  @Override
  public String header() {
    return "";
  }

  @Override
  public void write(Event event, OutputStream out) throws IOException {
    JsonLine.write(event, out);
    out.write('\n');
  }
}
