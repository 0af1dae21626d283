package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangePositionTest {
  private static final Path RECORDED = Path.of("src/test/resources/mongod-golden.json");
  private static final String TIME = "826B00EF9800000001";

  @Test
  void isTwentyFourHexadecimalDigits() {
    assertThat(new ChangePosition(0x6B00EFA1_00000003L, 3).text())
        .isEqualTo("6b00efa10000000300000003");
    assertThat(new ChangePosition(0xFFFFFFFE_89ABCDEFL, 0x01234567).text())
        .isEqualTo("fffffffe89abcdef01234567");
  }

  /** A transaction of four writes, of which one was to another collection. */
  @Test
  void hasTheIndexesThatAServerHasGiven() throws IOException {
    List<String> positions =
        recorded().stream()
            .filter(event -> event.containsKey("txnNumber"))
            .map(event -> Events.of(event).order().text())
            .distinct()
            .toList();

    assertThat(positions)
        .startsWith(
            "6b00efa10000000300000000", "6b00efa10000000300000001", "6b00efa10000000300000003");
  }

  @Test
  void isKnownForEveryRecordedEvent() throws IOException {
    assertThat(recorded())
        .hasSizeGreaterThan(40)
        .allSatisfy(event -> assertThat(Events.of(event).isOrderKnown()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "29 29 6E, 0",
    "29 2B02 6E, 1",
    "2B02 2C0100 29 6E, 0",
    "2B02 2C0100 2BFE 6E, 127",
    "2B02 2C0100 2C0100 6E, 128",
    "2B04 2C0100 2C0200 6E, 256",
    "2B04 2C0100 2D030D40 6E, 100000",
    "2b04 2c0100 2ffffffffe, -1",
    "2b04 2c0100 2efffffffe, 2147483647",
  })
  void isReadFromTokensOfAllVersions(String rest, int index) {
    assertThat(index(TIME + rest.replace(" ", ""))).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "82",
        "826B00EF98",
        TIME,
        TIME + "2B",
        TIME + "2B06" + "2C010029",
        TIME + "2B02" + "2929",
        TIME + "2B022C0100",
        TIME + "2B022C01002B",
        TIME + "2B022C01002C01",
        TIME + "2B022C01002B03",
        TIME + "2B022C0100no",
        TIME + "2B022C01002Bzz",
        "826B00EF98000000022B022C010029"
      })
  void hasNoIndexWhereTheTokenHasAnotherForm(String data) {
    assertThat(index(data)).isEqualTo(-1);
  }

  @Test
  void isThatOfTheClusterTimeWhereTheTokenHasAnotherForm() {
    ChangeEvent event = Events.insert(7);

    assertThat(event.isOrderKnown()).isFalse();
    assertThat(event.order().text()).isEqualTo("6553f1000000000700000000");
  }

  private static int index(String data) {
    return ResumeToken.of(new BsonDocument("_data", new BsonString(data)))
        .transactionIndex(0x6B00EF98_00000001L);
  }

  private static List<BsonDocument> recorded() throws IOException {
    List<BsonDocument> events = new ArrayList<>();
    collect(BsonDocument.parse(Files.readString(RECORDED)), events);
    return events;
  }

  private static void collect(BsonValue value, List<BsonDocument> events) {
    if (value instanceof BsonArray array) {
      array.forEach(each -> collect(each, events));
    } else if (value instanceof BsonDocument document) {
      if (document.containsKey("operationType") && document.containsKey("_id")) {
        events.add(document);
      } else {
        document.values().forEach(each -> collect(each, events));
      }
    }
  }
}
