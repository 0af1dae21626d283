package dev.sluice.inserter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class ScrabblePlaysTest {
  private static List<Write> writes(ScrabblePlays plays, int count) {
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      writes.add(plays.next());
    }
    return writes;
  }

  private static BsonDocument withoutId(Write write) {
    BsonDocument document = write.document() == null ? new BsonDocument() : write.document();
    BsonDocument copy = document.clone();
    copy.remove("_id");
    return copy;
  }

  @Test
  void theSameSeedMakesTheSameWritesUnderNewIds() {
    Mix mix = Mix.parse("insert:70,update:20,replace:5,delete:5");
    List<Write> once = writes(new ScrabblePlays(7, mix, 0), 200);
    List<Write> again = writes(new ScrabblePlays(7, mix, 0), 200);

    assertThat(once).extracting(Write::kind).isEqualTo(again.stream().map(Write::kind).toList());
    assertThat(once.stream().map(ScrabblePlaysTest::withoutId))
        .isEqualTo(again.stream().map(ScrabblePlaysTest::withoutId).toList());
    assertThat(once.get(0).id()).isNotEqualTo(again.get(0).id());
  }

  @Test
  void changesOnlyWhatIsThere() {
    Set<ObjectId> living = new HashSet<>();
    for (Write write : writes(new ScrabblePlays(1, new Mix(2, 2, 1, 2), 0), 2_000)) {
      if (write.kind() == Write.Kind.INSERT) {
        living.add(write.id());
      } else {
        assertThat(living).contains(write.id());
      }
      if (write.kind() == Write.Kind.DELETE) {
        living.remove(write.id());
      }
    }
  }

  @Test
  void padsDocumentsToTheSizeThatIsAskedFor() {
    Write write = new ScrabblePlays(1, new Mix(1, 0, 0, 0), 10_000).next();

    int size =
        new RawBsonDocument(write.document(), new BsonDocumentCodec()).getByteBuffer().remaining();
    assertThat(size).isEqualTo(10_000);
  }

  @Test
  void refusesAMixThatIsNone() {
    assertThatThrownBy(() -> Mix.parse("insert:1,upsert:2")).hasMessageContaining("upsert");
    assertThatThrownBy(() -> Mix.parse("insert")).hasMessageContaining("operation:weight");
    assertThatThrownBy(() -> Mix.parse("delete:1")).hasMessageContaining("without inserts");
  }
}
