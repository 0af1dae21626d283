package dev.sluice.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

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
      buffer.appendBase64(data, 1, length);
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

  private String text() {
    return new String(buffer.toByteArray(), StandardCharsets.UTF_8);
  }
}
