package dev.sluice.target.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps the beginning of an answer's body, for a sentence of what is wrong; passes over the rest.
 */
final class BeginningOfAnswer implements Consumer<Optional<byte[]>> {
  private static final int KEPT_BYTES = 300;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  @Override
  public synchronized void accept(Optional<byte[]> piece) {
    if (piece.isPresent()) {
      kept.write(piece.get(), 0, Math.min(piece.get().length, KEPT_BYTES - kept.size()));
    }
  }

  /** As one line. */
  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ").strip();
  }
}
