package dev.sluice.target.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopyTextTest {
  private static final int LARGE = 8 * CopyText.PIECE;

  private final List<Integer> lengths = new ArrayList<>();

  private String copied(List<List<Object>> rows) throws SQLException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    CopyText text =
        new CopyText(
            bytes -> {
              lengths.add(bytes.length);
              whole.writeBytes(bytes);
            });
    for (List<Object> row : rows) {
      text.row(row);
    }
    text.end();
    return whole.toString(StandardCharsets.UTF_8);
  }

  @Test
  void hasALineForEachRowWithWhatSeparatesThemEscaped() throws Exception {
    assertThat(copied(List.of(Arrays.asList("a\tb\\c\nd\re", null, 22), List.of("", "", true))))
        .isEqualTo("a\\tb\\\\c\\nd\\re\t\\N\t22\n\t\ttrue\n");
    assertThat(lengths).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-01T00:00:00Z, 2024-01-01 00:00:00.000000Z",
    "2024-01-01T00:00:00.123456Z, 2024-01-01 00:00:00.123456Z",
    "2024-01-01T00:00:00.123456499Z, 2024-01-01 00:00:00.123456Z",
    "2024-01-01T00:00:00.123456789Z, 2024-01-01 00:00:00.123457Z",
    "2023-12-31T23:59:59.9999995Z, 2024-01-01 00:00:00.000000Z",
    "1969-12-31T23:59:59.9999994Z, 1969-12-31 23:59:59.999999Z",
    "+12015-04-03T00:00:00Z, 12015-04-03 00:00:00.000000Z",
    "-0045-03-15T00:00:00Z, 0046-03-15 00:00:00.000000Z BC"
  })
  void aDateHasItsMicrosecondsRoundedAsTheDriverDoes(Instant time, String text) throws Exception {
    assertThat(copied(List.of(List.of(time)))).isEqualTo(text + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "€", "\n", "\uD83D\uDE00", "é\uD83D\uDE00\\x\tQ€\r"})
  void aLargeDocumentGoesInSmallPiecesWhichAreItsBytes(String part) throws Exception {
    // The piece's border falls on both halves of a character of two.
    for (String before : List.of("", "x")) {
      String document = before + part.repeat(LARGE / part.length());
      String escaped =
          document
              .replace("\\", "\\\\")
              .replace("\t", "\\t")
              .replace("\n", "\\n")
              .replace("\r", "\\r");

      assertThat(
              copied(List.of(List.of("a", document), List.of("b", "{}")))
                  .equals("a\t" + escaped + "\nb\t{}\n"))
          .isTrue();
      assertThat(lengths).allMatch(length -> length < 3 * 3 * CopyText.PIECE);
    }
  }
}
