package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResumeTokenTest {

  private static final UUID COLLECTION = UUID.fromString("9657168f-f404-4499-8e37-4e820b0e2550");
  private static final String HEAD = "2B022C0100296E5A10049657168FF40444998E374E820B0E2550";

  private static ResumeToken token(int seconds, int increment, Object id) {
    return ResumeToken.ofEvent(
        new ResumeToken.Position(new OpTime(seconds, increment), true, 0, false),
        1,
        new ResumeToken.Subject(COLLECTION, "insert", new Document("_id", id), null));
  }

  static Stream<Arguments> recordedTokens() {
    return Stream.of(
        Arguments.of(
            new ObjectId("665f1c2a9d3e4b0012345678"),
            "46645F69640064665F1C2A9D3E4B00123456780004",
            null),
        Arguments.of("str-id", "463C5F6964003C7374722D6964000004", null),
        Arguments.of(42, "461E5F6964002B540004", null),
        Arguments.of(7L, "461E5F6964002B0E0004", "gYA="),
        Arguments.of(
            new Document("a", 1).append("b", "x"),
            "46465F696400461E61002B023C62003C7800000004",
            null),
        Arguments.of(
            new Decimal128(new BigDecimal("1.50")), "461E5F6964002B03800000000000000004", "gsAe"));
  }

  @ParameterizedTest
  @MethodSource("recordedTokens")
  void isWrittenAsAServerWasRecordedToWriteIt(Object id, String tail, String typeBits) {
    ResumeToken token = token(0x6B00EF98, 1, id);

    Document expected = new Document("_data", "826B00EF9800000001" + HEAD + tail);
    if (typeBits != null) {
      expected.put("_typeBits", new BinData(Base64.getDecoder().decode(typeBits)));
    }
    assertThat(token.document()).isEqualTo(expected);
  }

  @Test
  void aHighWaterMarkSortsBeforeTheEventsOfItsTimeAndBehindEarlierOnes() {
    OpTime time = new OpTime(0x6B00EF97, 3);

    String mark = ResumeToken.highWaterMark(time, 1).data();

    assertThat(mark).isEqualTo("826B00EF97000000032B0229296E04");
    assertThat(ResumeToken.highWaterMark(time, 2).data())
        .isEqualTo("826B00EF97000000032B0429296E1404");
    assertThat(List.of(token(0x6B00EF97, 2, 9).data(), mark, token(0x6B00EF97, 3, -9).data()))
        .isSorted();
  }

  @Test
  void tokensSortAsTheIdsAndNumbersInThem() {
    List<String> byNumber =
        Stream.of(-(1L << 40), -300L, -1L, 0L, 1L, 127L, 128L, 300L, 1L << 40)
            .map(number -> token(1, 1, number).data())
            .toList();
    List<String> byFraction =
        Stream.of(-2.5, -1.5, 0.0, 0.25, 0.5, 1.0, 1.25, 1.5, 2.0, 1e10, 1e20)
            .map(number -> token(1, 1, number).data())
            .toList();

    assertThat(byNumber).isSorted().doesNotHaveDuplicates();
    assertThat(byFraction).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void isReadBackWithItsPosition() {
    ResumeToken.Position position =
        new ResumeToken.Position(new OpTime(1_795_223_457, 3), true, 300, true);
    ResumeToken written =
        ResumeToken.ofEvent(position, 2, new ResumeToken.Subject(COLLECTION, "drop", null, null));

    ResumeToken read = ResumeToken.parse(written.document());

    assertThat(read.position()).isEqualTo(position);
    assertThat(read.version()).isEqualTo(2);
    assertThat(read.data()).isEqualTo(written.data());
  }

  @Test
  void knowsWhichFragmentOfAnEventItStandsFor() {
    ResumeToken.Position position = new ResumeToken.Position(new OpTime(9, 9), true, 0, false);
    ResumeToken.Subject subject =
        new ResumeToken.Subject(COLLECTION, "update", new Document("_id", 1), null);
    ResumeToken whole = ResumeToken.ofEvent(position, 2, subject);

    assertThat(whole.fragmentOf(whole)).isEqualTo(-1);
    assertThat(ResumeToken.ofEvent(position, 2, subject, 0).fragmentOf(whole)).isZero();
    assertThat(ResumeToken.ofEvent(position, 2, subject, 7).fragmentOf(whole)).isEqualTo(7);
  }

  @Test
  void whatIsNoTokenIsRefusedWithTheServersCodes() {
    assertRefused(9, new Document("_data", "garbage"));
    assertRefused(40647, new Document("foo", 1));
    assertRefused(40648, new Document("_data", "82").append("_typeBits", 1));
    assertRefused(40649, new Document("_data", ""));
    assertRefused(15, new Document("_data", "8200"));
  }

  private static void assertRefused(int code, Document token) {
    assertThatExceptionOfType(ServerError.class)
        .isThrownBy(() -> ResumeToken.parse(token))
        .satisfies(error -> assertThat(error.code()).isEqualTo(code));
  }
}
