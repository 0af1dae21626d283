package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OplogTest {

  private static final UUID COLLECTION = UUID.randomUUID();

  private final Oplog oplog = new Oplog(OplogLimit.ofEntries(1000));

  private static OplogEntry entry(int seconds, int increment, int operation) {
    RawDocument key = RawDocument.of(new Document("_id", increment));
    return new OplogEntry(
        new OpTime(seconds, increment),
        operation,
        EventType.INSERT,
        new Namespace("db", "c"),
        COLLECTION,
        key,
        key,
        OplogEntry.Images.NONE,
        null,
        Instant.EPOCH);
  }

  private void append(int count) {
    for (int i = 1; i <= count; i++) {
      oplog.append(List.of(entry(100, i, 0)));
    }
  }

  @Test
  void aTimeIsFoundWhereItsFirstEntryIs() {
    append(500);

    assertThat(oplog.seek(ResumeToken.Position.before(new OpTime(0, 1)))).isZero();
    assertThat(oplog.seek(ResumeToken.Position.before(new OpTime(100, 250)))).isEqualTo(249);
    assertThat(oplog.seek(ResumeToken.Position.before(new OpTime(101, 1)))).isEqualTo(500);
  }

  @Test
  void anOperationOfATransactionIsFoundByItsIndex() {
    oplog.append(List.of(entry(100, 1, 0), entry(100, 1, 1), entry(100, 1, 2)));

    long place = oplog.seek(new ResumeToken.Position(new OpTime(100, 1), true, 2, false));

    assertThat(place).isEqualTo(2);
  }

  @Test
  void theOldestEntriesGoFirstAndTheirPlaceIsLost() {
    append(2500);

    assertThat(oplog.count()).isEqualTo(1000);
    assertThat(oplog.isTruncated()).isTrue();
    assertThat(oplog.oldest())
        .hasValueSatisfying(e -> assertThat(e.time().increment()).isEqualTo(1501));
    assertThat(oplog.read(1499, 10)).isEmpty();
    assertThat(oplog.read(1500, 10)).hasValueSatisfying(entries -> assertThat(entries).hasSize(10));
    assertThat(oplog.read(2500, 10)).hasValueSatisfying(entries -> assertThat(entries).isEmpty());
  }

  @Test
  void aLimitInBytesIsKeptButTheNewestEntryStays() {
    Oplog small = new Oplog(OplogLimit.ofBytes(1000));
    for (int i = 1; i <= 100; i++) {
      small.append(List.of(entry(100, i, 0)));
    }

    assertThat(small.bytes()).isLessThanOrEqualTo(1000);
    small.roll();
    assertThat(small.count()).isEqualTo(1);
    assertThat(small.newest()).isEqualTo(small.oldest());
  }

  @Test
  void theOldestEntryStaysForAWhileWhenTheLogIsFull() {
    Oplog full = new Oplog(OplogLimit.ofBytes(100_000));
    full.append(List.of(entry(100, 1, 0)));
    OplogEntry first = full.oldest().orElseThrow();
    int i = 1;
    while (full.oldest().orElseThrow() == first) {
      full.append(List.of(entry(100, ++i, 0)));
    }
    OplogEntry oldest = full.oldest().orElseThrow();

    full.append(List.of(entry(100, ++i, 0)));

    assertThat(full.oldest()).containsSame(oldest);
  }

  @Test
  void aWaiterIsWokenOnceByTheNextEntry() {
    List<String> woken = new ArrayList<>();
    oplog.whenPast(0, () -> woken.add("waited"));
    assertThat(woken).isEmpty();

    append(2);
    oplog.whenPast(1, () -> woken.add("at once"));

    assertThat(woken).containsExactly("waited", "at once");
  }
}
