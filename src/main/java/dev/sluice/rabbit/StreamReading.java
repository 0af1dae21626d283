package dev.sluice.rabbit;

import java.util.Objects;
import java.util.Optional;

/**
 * How a consumer reads what is, or turns out to be, a stream.
 *
 * @param name under which it keeps how far it is
 * @param from where it begins the first time, other than the end of now, which is another place at
 *     each start; empty for the beginning of the stream
 * @param isExpected whether the settings say that it is a stream; else its first message tells
 * @param passesLosses whether it goes on where messages are gone that it has not seen; else it ends
 */
public record StreamReading(
    String name, Optional<StreamOffset> from, boolean isExpected, boolean passesLosses) {
  public StreamReading {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(from, "from");
    if (from.isPresent() && from.get().equals(StreamOffset.NEXT)) {
      throw new IllegalArgumentException("a time says from where on");
    }
  }

  StreamOffset beginning() {
    return from.orElse(StreamOffset.FIRST);
  }
}
