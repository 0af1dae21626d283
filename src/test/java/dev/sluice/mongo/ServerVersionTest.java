package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerVersionTest {
  /** Manual, $changeStreamSplitLargeEvent: new in 7.0, and in 6.0.9. */
  @Test
  void knowsWhichServersSplitLargeEvents() {
    assertThat(new ServerVersion(6, 0, 8).splitsLargeEvents()).isFalse();
    assertThat(new ServerVersion(6, 0, 9).splitsLargeEvents()).isTrue();
    assertThat(new ServerVersion(6, 1, 0).splitsLargeEvents()).isFalse();
    assertThat(new ServerVersion(6, 2, 1).splitsLargeEvents()).isFalse();
    assertThat(new ServerVersion(7, 0, 0).splitsLargeEvents()).isTrue();
    assertThat(new ServerVersion(8, 1, 0).splitsLargeEvents()).isTrue();
  }

  @Test
  void isDangerousWithLookupInTheFirstReleasesOf9Only() {
    assertThat(new ServerVersion(9, 0, 0).isDangerousWithLookup()).isTrue();
    assertThat(new ServerVersion(9, 0, 1).isDangerousWithLookup()).isTrue();
    assertThat(new ServerVersion(9, 0, 2).isDangerousWithLookup()).isFalse();
    assertThat(new ServerVersion(9, 1, 0).isDangerousWithLookup()).isFalse();
    assertThat(new ServerVersion(8, 0, 0).isDangerousWithLookup()).isFalse();
  }

  @Test
  void theDangerIsNamedToThoseWhomItConcerns() {
    ServerVersion dangerous = new ServerVersion(9, 0, 1);

    assertThat(MongoFacts.Version.of(dangerous, true).danger().orElseThrow())
        .contains("MongoDB 9.0.1", "9.0.2 or later", "SLUICE_UPDATE_LOOKUP=false");
    assertThat(MongoFacts.Version.of(dangerous, false).danger()).isEmpty();
    assertThat(MongoFacts.Version.of(new ServerVersion(9, 0, 2), true).danger()).isEmpty();
  }

  @Test
  void saysWhatOlderOnesLack() {
    assertThat(new ServerVersion(4, 2, 24).lacks()).hasSize(3);
    assertThat(new ServerVersion(6, 0, 8).lacks())
        .singleElement()
        .asString()
        .contains("more than 16 MB");
    assertThat(new ServerVersion(7, 0, 0).lacks()).isEmpty();
  }
}
