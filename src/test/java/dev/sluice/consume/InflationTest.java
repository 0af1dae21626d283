package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.Compression;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InflationTest {
  private static final int MOST = 1 << 20;

  private static Message message(Compression how, byte[] body) {
    return new Message(
        body,
        Content.JSON.in(how),
        "m1",
        "scrabble.plays.insert",
        "insert",
        0,
        Map.of(),
        Destination.EXCHANGE);
  }

  private static byte[] compressed(Compression how, int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        how == Compression.GZIP ? new GZIPOutputStream(bytes) : new ZstdOutputStream(bytes)) {
      out.write(new byte[length]);
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void hasWhatWasCompressedUpToItsBound(Compression how) throws Exception {
    assertThat(Inflation.inflated(message(how, compressed(how, MOST)), MOST)).hasSize(MOST);

    assertThatThrownBy(() -> Inflation.inflated(message(how, compressed(how, MOST + 1)), MOST))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1048576 bytes")
        .hasMessageContaining("-Xmx");
  }

  /** Its end is missing, and nothing tells of that. */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void readsNothingBehindItsBound(Compression how) throws Exception {
    byte[] whole = compressed(how, 64 * MOST);
    byte[] begun = Arrays.copyOf(whole, whole.length / 2);

    assertThat(whole).hasSizeLessThan(100_000);
    assertThatThrownBy(() -> Inflation.inflated(message(how, begun), MOST))
        .hasMessageContaining("-Xmx");
  }
}
