package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a judge says of images: each test commits one crime. */
class ImagesJudgedTest {
  private final Docket docket = new Docket();

  @BeforeEach
  void anInsertAnUpdateAndADelete() {
    docket.withImages();
    docket.acknowledged("a", 0, WriteKind.INSERT);
    docket.acknowledged("a", 1, WriteKind.UPDATE);
    docket.acknowledged("a", 2, WriteKind.DELETE);
  }

  private void arrives(int sequence, WriteKind kind, String before, String after) {
    docket.arrives(Docket.message("a", sequence, kind).showing(before, after));
  }

  @Test
  void aWholeChainIsClean() {
    arrives(0, WriteKind.INSERT, "", "a0");
    arrives(1, WriteKind.UPDATE, "a0", "a1");
    arrives(2, WriteKind.DELETE, "a1", "");

    assertThat(docket.verdict().isClean()).isTrue();
  }

  @Test
  void aBeforeThatIsNotWhatTheWriteBeforeLeftIsNamed() {
    arrives(0, WriteKind.INSERT, "", "a0");
    arrives(1, WriteKind.UPDATE, "something else", "a1");
    arrives(2, WriteKind.DELETE, "a0", "");

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.found(Offence.WRONG_IMAGE))
        .containsExactly(
            "the before of update 1 of a in shop.orders is not that state",
            "the before of delete 2 of a in shop.orders is not that state");
  }

  @Test
  void aDocumentThatIsNotWhatWasWrittenIsNamed() {
    arrives(0, WriteKind.INSERT, "", "a1");
    arrives(1, WriteKind.UPDATE, "a0", "a1");
    arrives(2, WriteKind.DELETE, "a1", "");

    assertThat(docket.found(Offence.WRONG_IMAGE))
        .containsExactly("the document of insert 0 of a in shop.orders is not that state");
  }

  @Test
  void imagesThatAreMissingAreNamed() {
    arrives(0, WriteKind.INSERT, "", "");
    arrives(1, WriteKind.UPDATE, "", "");
    arrives(2, WriteKind.DELETE, "", "");

    assertThat(docket.found(Offence.WRONG_IMAGE))
        .containsExactly(
            "the document of insert 0 of a in shop.orders is missing",
            "the before of update 1 of a in shop.orders is missing",
            "the document of update 1 of a in shop.orders is missing",
            "the before of delete 2 of a in shop.orders is missing");
  }

  @Test
  void imagesOfWhatIsNotThereAreNamed() {
    arrives(0, WriteKind.INSERT, "a0", "a0");
    arrives(1, WriteKind.UPDATE, "a0", "a1");
    arrives(2, WriteKind.DELETE, "a1", "a1");

    assertThat(docket.found(Offence.WRONG_IMAGE))
        .containsExactly(
            "the before of insert 0 of a in shop.orders is there, and nothing was",
            "the document of delete 2 of a in shop.orders is there, and nothing was");
  }

  @Test
  void withoutThemAnUpdateMayShowWhatALookupFound() {
    Docket plain = new Docket();
    plain.acknowledged("a", 0, WriteKind.INSERT);
    plain.acknowledged("a", 1, WriteKind.UPDATE);
    plain.arrives("a", 0, WriteKind.INSERT);
    plain.arrives(Docket.message("a", 1, WriteKind.UPDATE).showing("", ""));

    assertThat(plain.verdict().isClean()).isTrue();
  }
}
