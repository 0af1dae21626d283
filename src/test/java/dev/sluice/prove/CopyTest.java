package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

/** Each crime of a snapshot, before the judge. */
class CopyTest {
  private final Copy copy = new Copy();
  private int ids;

  private void notice(String operation) {
    copy.arrived(new CopyMessage("m" + ids++, operation, "", "", CopyMessage.NONE, false));
  }

  private CopyMessage document(String operation, String key, String position, int number) {
    CopyMessage message = new CopyMessage("m" + ids++, operation, key, position, number, false);
    copy.arrived(message);
    return message;
  }

  private List<String> crimes(Map<String, Integer> collection) {
    return copy.crimes(collection);
  }

  @Test
  void aCopyThatIsRightIsAcquitted() {
    notice("snapshot-started");
    document("read", "int/1", "05", 0);
    document("update", "int/1", "06", 1);
    document("read", "int/2", "05", 0);
    document("delete", "int/2", "07", CopyMessage.NONE);
    document("insert", "int/3", "08", 0);
    notice("snapshot-completed");

    assertThat(crimes(Map.of("int/1", 1, "int/3", 0))).isEmpty();
    assertThat(copy.counts()).containsEntry("read", 2).containsEntry("update", 1);
  }

  @Test
  void aRepeatMayTellOfWhatWasBefore() {
    notice("snapshot-started");
    CopyMessage read = document("read", "int/1", "05", 0);
    CopyMessage update = document("update", "int/1", "06", 1);
    copy.arrived(read);
    copy.arrived(update);
    notice("snapshot-completed");

    assertThat(crimes(Map.of("int/1", 1))).isEmpty();
    assertThat(copy.repeated()).isEqualTo(2);
  }

  @Test
  void anOlderStateBehindANewerOneIsACrime() {
    notice("snapshot-started");
    document("update", "int/1", "06", 1);
    document("read", "int/1", "05", 0);
    notice("snapshot-completed");

    assertThat(crimes(Map.of("int/1", 1)))
        .hasSize(2)
        .anyMatch(crime -> crime.startsWith("WENT BACK  read of int/1 at 05 behind 06"))
        .anyMatch(crime -> crime.startsWith("WRONG      int/1 has 0, not 1 (as they came)"));
  }

  @Test
  void whatIsMissingWrongOrAGhostIsToldForBothCopies() {
    notice("snapshot-started");
    document("read", "int/2", "05", 3);
    document("read", "int/9", "05", 0);
    notice("snapshot-completed");

    assertThat(crimes(Map.of("int/1", 0, "int/2", 4)))
        .hasSize(6)
        .contains("MISSING    int/1, number 0 (by position)")
        .contains("WRONG      int/2 has 3, not 4 (by position)")
        .contains("GHOST      int/9, number 0 (by position)");
  }

  @Test
  void readsOutsideOfASnapshotAndOneThatNeverEndsAreCrimes() {
    document("read", "int/1", "05", 0);

    assertThat(crimes(Map.of("int/1", 0)))
        .containsExactly(
            "OUTSIDE    a read of int/1 outside of the snapshot",
            "OPEN       no snapshot was completed");
  }

  @Test
  void aDocumentThatIsNotWhatItsNumberSaysIsTorn() throws Exception {
    String torn =
        """
        {"_id": "7", "operation": "read", "document": {"_id": "7", "n": 2, "t": "write 1"},
         "metadata": {"idType": "int", "position": "05"}}
        """;
    notice("snapshot-started");
    CopyMessage message = CopyMessage.read("m", torn.getBytes(StandardCharsets.UTF_8));
    copy.arrived(message);
    notice("snapshot-completed");

    assertThat(message.key()).isEqualTo("int/7");
    assertThat(crimes(Map.of("int/7", 2))).containsExactly("TORN       read of int/7, number 2");
  }

  @Test
  void keysAreThoseOfMessages() {
    assertThat(SnapshotId.of(0).key()).isEqualTo("int/0");
    assertThat(SnapshotId.of(1).key()).isEqualTo("string/s1");
    assertThat(SnapshotId.of(2).key()).isEqualTo("objectId/000000000000000000000002");
    assertThat(SnapshotId.of(new BsonDocument("k", new BsonInt32(3)))).isEqualTo(SnapshotId.of(3));
    assertThat(SnapshotId.of(4).key()).isEqualTo("long/1099511627780");
    assertThat(SnapshotId.of(5).key()).isEqualTo("double/5.5");
  }
}
