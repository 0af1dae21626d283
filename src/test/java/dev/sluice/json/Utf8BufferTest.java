package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.Compression;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Utf8BufferTest {
  private final Utf8Buffer buffer = new Utf8Buffer();

  @Test
  void appendsNumbersAsJavaPrintsThem() {
    long power = 1;
    for (int digits = 1; digits < 19; digits++) {
      for (long value : new long[] {power - 1, power, power + 1, -power + 1, -power, 5 * power}) {
        assertThat(decimal(value)).isEqualTo(Long.toString(value));
        buffer.reset();
        buffer.appendDecimal((int) value);
        assertThat(text()).isEqualTo(Integer.toString((int) value));
      }
      power *= 10;
    }
    for (long value : new long[] {Long.MIN_VALUE, -Long.MAX_VALUE, Long.MAX_VALUE}) {
      assertThat(decimal(value)).isEqualTo(Long.toString(value));
    }
    buffer.reset();
    buffer.appendDecimal(Integer.MIN_VALUE);
    assertThat(text()).isEqualTo("-2147483648");
  }

  private String decimal(long value) {
    buffer.reset();
    buffer.appendDecimal(value);
    return text();
  }

  @Test
  void appendsLiteralsAndBytesAsTheyAre() {
    buffer.appendAscii("{\"a\": ");
    buffer.append("é".getBytes(StandardCharsets.UTF_8));
    buffer.append("0123456".getBytes(StandardCharsets.UTF_8), 2, 3);
    buffer.append('}');
    buffer.append((byte) '!');

    assertThat(text()).isEqualTo("{\"a\": é234}!");
    assertThat(buffer.size()).isEqualTo(13);
  }

  @Test
  void appendsAStringLikeItsUtf8Bytes() {
    StringBuilder everyUnit = new StringBuilder();
    for (int unit = 0; unit < 0x10000; unit++) {
      if (!Character.isSurrogate((char) unit)) {
        everyUnit.append((char) unit);
      }
    }
    everyUnit.append("😀");
    byte[] utf8 = everyUnit.toString().getBytes(StandardCharsets.UTF_8);

    buffer.appendJsonString(everyUnit.toString());
    byte[] fromString = buffer.toByteArray();
    buffer.reset();
    buffer.appendJsonString(utf8, 0, utf8.length);

    assertThat(Arrays.equals(fromString, buffer.toByteArray())).isTrue();
  }

  @Test
  void escapesALoneSurrogateOfAString() {
    buffer.appendJsonString("a\ud800b");

    assertThat(text()).isEqualTo("\"a\\ud800b\"");
  }

  @Test
  void appendsNoMoreThanTheGivenRange() {
    byte[] utf8 = "before \"inside\" behind".getBytes(StandardCharsets.UTF_8);

    buffer.appendJsonString(utf8, 7, 8);
    buffer.appendJsonString(utf8, 0, 0);
    buffer.appendJsonString(utf8, utf8.length, 0);
    buffer.appendJsonString(utf8, utf8.length - 2, 2);

    assertThat(text()).isEqualTo("\"\\\"inside\\\"\"\"\"\"\"\"nd\"");
  }

  @Test
  void appendsHexadecimalAndBase64AsTheJdkDoes() {
    byte[] data = new byte[258];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31);
    }
    for (int length = 0; length < data.length - 1; length++) {
      byte[] part = Arrays.copyOfRange(data, 1, 1 + length);
      buffer.reset();
      Base64Text.append(data, 1, length, buffer);
      assertThat(text()).isEqualTo(Base64.getEncoder().encodeToString(part));
      buffer.reset();
      buffer.appendHex(data, 1, length);
      assertThat(text()).isEqualTo(HexFormat.of().formatHex(part));
    }
  }

  @Test
  void keepsWhatWasWrittenWhenItGrows() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      buffer.appendDecimal(i);
      buffer.appendJsonString("é\n");
      expected.append(i).append("\"é\\n\"");
    }

    assertThat(text().contentEquals(expected)).isTrue();
  }

  @Test
  void keepsItsMemoryForUsualTextsAndGivesUpThatOfHugeOnes() {
    buffer.append(new byte[1024 * 1024]);
    byte[] kept = buffer.array();
    buffer.reset();
    assertThat(buffer.array()).isSameAs(kept);

    buffer.append(new byte[1024 * 1024 + 1]);
    buffer.reset();

    assertThat(buffer.size()).isZero();
    assertThat(buffer.array()).hasSizeLessThan(10_000);
  }

  @Test
  void growsNoFurtherThanItsLimitAndSaysSoWithoutAStackTrace() {
    Utf8Buffer limited = new Utf8Buffer(3 << 20);
    byte[] lines = "\n".repeat(2 << 20).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> limited.appendJsonString(lines, 0, lines.length))
        .isInstanceOf(TextTooLargeException.class)
        .hasMessage("more than 3145728 bytes")
        .satisfies(failure -> assertThat(failure.getStackTrace()).isEmpty());

    assertThat(limited.array()).hasSizeLessThan((3 << 20) + 1_000);
    limited.reset();
    assertThat(limited.array()).hasSizeLessThan(10_000);
  }

  @Test
  void holdsExactlyAsMuchAsItsLimit() {
    Utf8Buffer limited = new Utf8Buffer(100_000);
    byte[] text = "A".repeat(100_000 - 2).getBytes(StandardCharsets.UTF_8);

    limited.appendJsonString(text, 0, text.length);
    assertThat(limited.toBody()).hasSize(100_000);

    limited.append('A');
    assertThatThrownBy(limited::toBody).isInstanceOf(TextTooLargeException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "ZSTD"})
  void holdsLittleOfATextThatIsCompressed(Compression compression) {
    Utf8Buffer compressing = new Utf8Buffer(1 << 20, compression, 100);
    byte[] data = new byte[20 << 20];

    Base64Text.append(data, 0, data.length, compressing);
    compressing.appendJsonString(data, 0, data.length);

    assertThat(compressing.array()).hasSizeLessThan((1 << 20) + 1_000);
    assertThat(compressing.isCompressed()).isTrue();
    assertThat(compressing.toBody()).hasSizeLessThan(1 << 20);
  }

  /** A character may lie across the border of two pieces, and a broken one as well. */
  @Test
  void writesTextsInPiecesLikeInOne() {
    for (String unit : new String[] {"é", "日", "😀", "a", "\n", "\u2028", "\ufffd"}) {
      for (int shift = 0; shift < 5; shift++) {
        String text = "x".repeat(Utf8Buffer.PIECE - shift) + unit + "y".repeat(100) + unit;
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        buffer.reset();
        buffer.appendJsonString(utf8, 0, utf8.length);
        byte[] fromBytes = buffer.toByteArray();
        buffer.reset();
        buffer.appendJsonString(text);
        assertThat(Arrays.equals(fromBytes, buffer.toByteArray())).as(unit + shift).isTrue();
      }
    }
  }

  @Test
  void replacesManyBrokenBytesAsTheDecoderDoes() {
    Random random = new Random(1);
    byte[] some = {'a', '"', (byte) 0x80, (byte) 0xbf, (byte) 0xc2, (byte) 0xe0, (byte) 0xed};
    byte[] more = {(byte) 0xe2, (byte) 0xf0, (byte) 0xf4, (byte) 0xff, (byte) 0x9f, (byte) 0xa8};
    for (int round = 0; round < 2_000; round++) {
      byte[] broken = new byte[random.nextInt(300)];
      byte[] alphabet = round % 4 == 0 ? new byte[] {(byte) 0x80, (byte) 0xe2} : some;
      for (int i = 0; i < broken.length; i++) {
        byte[] from = random.nextBoolean() || round % 4 == 0 ? alphabet : more;
        broken[i] = from[random.nextInt(from.length)];
      }
      buffer.reset();
      buffer.appendJsonString(broken, 0, broken.length);
      String written = text();
      buffer.reset();
      buffer.appendJsonString(new String(broken, StandardCharsets.UTF_8));
      assertThat(written).isEqualTo(text());
    }
  }

  private String text() {
    return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
  }
}
