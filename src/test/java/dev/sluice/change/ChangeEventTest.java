package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.change.ChangeEvent.Field;
import java.util.Arrays;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeEventTest {
  private static final String TOKEN = "\"_id\": {\"_data\": \"826B00EF98000000012B022C0100296E\"}";
  private static final String INSERT =
      "{"
          + TOKEN
          + ", \"operationType\": \"insert\","
          + " \"clusterTime\": {\"$timestamp\": {\"t\": 7, \"i\": 5}},"
          + " \"fullDocument\": {\"_id\": 1}, \"ns\": {\"db\": \"d\", \"coll\": \"c\"},"
          + " \"documentKey\": {\"_id\": 1}}";

  @Test
  void findsItsFields() {
    ChangeEvent event = event(INSERT);

    assertThat(event.operation()).isEqualTo(Operation.INSERT);
    assertThat(event.namespace()).isEqualTo(new Namespace("d", "c"));
    assertThat(event.has(Field.FULL_DOCUMENT)).isTrue();
    assertThat(event.has(Field.WALL_TIME)).isFalse();
    assertThat(BsonBytes.int64(event.bytes(), event.offset(Field.CLUSTER_TIME), 1000) >>> 32)
        .isEqualTo(7);
    assertThat(event.capturedAtMillis()).isEqualTo(42);
    assertThat(event.sizeBytes()).isEqualTo(bytes(INSERT).length);
    assertThat(event).hasToString("insert d.c 826B00EF9800000001…");
  }

  @Test
  void findsThemInWhateverOrderTheyCome() {
    ChangeEvent event =
        event(
            "{\"documentKey\": {\"_id\": 1}, \"other\": 1, \"ns\": {\"db\": \"d\", \"coll\":"
                + " \"c\"}, \"operationType\": \"insert\", "
                + TOKEN
                + "}");

    assertThat(event.operation()).isEqualTo(Operation.INSERT);
    assertThat(event.namespace()).isEqualTo(new Namespace("d", "c"));
    assertThat(event.token()).isEqualTo(event(INSERT).token());
    assertThat(event.documentHash()).isEqualTo(event(INSERT).documentHash());
    assertThat(event.has(Field.CLUSTER_TIME)).isFalse();
  }

  @Test
  void mayLieAmongOtherBytes() {
    byte[] bytes = bytes(INSERT);
    byte[] around = new byte[bytes.length + 7];
    Arrays.fill(around, (byte) 0x55);
    System.arraycopy(bytes, 0, around, 3, bytes.length);

    ChangeEvent event = new ChangeEvent(around, 3, bytes.length, 42);

    assertThat(event.token()).isEqualTo(event(INSERT).token());
    assertThat(event.documentHash()).isEqualTo(event(INSERT).documentHash());
  }

  @Test
  void keepsNullApartFromAbsenceForTheDocumentOnly() {
    ChangeEvent event =
        event(
            "{"
                + TOKEN
                + ", \"operationType\": \"update\", \"fullDocument\": null, \"lsid\": null}");

    assertThat(event.has(Field.FULL_DOCUMENT)).isTrue();
    assertThat(event.type(Field.FULL_DOCUMENT)).isEqualTo(BsonBytes.NULL);
    assertThat(event.has(Field.SESSION)).isFalse();
  }

  @Test
  void hasNoNamespaceOnAnInvalidateAndNoCollectionOnADroppedDatabase() {
    ChangeEvent invalidate = event("{" + TOKEN + ", \"operationType\": \"invalidate\"}");
    ChangeEvent dropDatabase =
        event("{" + TOKEN + ", \"operationType\": \"dropDatabase\", \"ns\": {\"db\": \"d\"}}");

    assertThat(invalidate.namespace()).isNull();
    assertThat(dropDatabase.namespace()).isEqualTo(new Namespace("d", null));
    assertThat(dropDatabase.namespace()).hasToString("d");
  }

  @Test
  void hashesADocumentByItsIdWhateverItsShardKeyIs() {
    long hash = event(INSERT).documentHash();

    assertThat(hash)
        .isEqualTo(
            event(INSERT.replace("\"documentKey\": {", "\"documentKey\": {\"s\": \"a\", "))
                .documentHash())
        .isNotEqualTo(
            event(INSERT.replace("\"documentKey\": {\"_id\": 1", "\"documentKey\": {\"_id\": 2"))
                .documentHash());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"_id\": {\"_data\": \"82\"}}",
        "{\"operationType\": \"insert\"}",
        "{\"_id\": \"82\", \"operationType\": \"insert\"}",
        "{\"_id\": {}, \"operationType\": 1}",
        "{\"_id\": {}, \"operationType\": \"sharded\"}",
        "{\"_id\": {}, \"operationType\": \"insert\", \"ns\": \"d.c\"}",
        "{\"_id\": {}, \"operationType\": \"insert\", \"txnNumber\": 1}",
        "{\"_id\": {}, \"operationType\": \"insert\", \"clusterTime\": 7}"
      })
  void refusesWhatIsNoChangeEvent(String json) {
    assertThatIllegalArgumentException().isThrownBy(() -> event(json));
  }

  @Test
  void refusesBytesThatAreNotOneWholeDocument() {
    byte[] bytes = bytes(INSERT);

    assertThatExceptionOfType(CorruptBsonException.class)
        .isThrownBy(() -> new ChangeEvent(bytes, 0, bytes.length - 1, 42));
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatExceptionOfType(CorruptBsonException.class)
        .isThrownBy(() -> new ChangeEvent(longer, 0, longer.length, 42));
    assertThatExceptionOfType(CorruptBsonException.class)
        .isThrownBy(() -> new ChangeEvent(new byte[3], 0, 3, 42));
  }

  @Test
  void canBeNamedEvenIfItIsDamaged() {
    ChangeEvent event =
        event("{\"_id\": {\"_data\": 1}, \"operationType\": \"insert\", \"ns\": {\"db\": 1}}");

    assertThat(event).hasToString("insert ? ?");
  }

  static byte[] bytes(String json) {
    var buffer = RawBsonDocument.parse(json).getByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static ChangeEvent event(String json) {
    byte[] bytes = bytes(json);
    return new ChangeEvent(bytes, 0, bytes.length, 42);
  }
}
