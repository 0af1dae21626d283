package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClassCountsTest {
  private static final ClassCounts BEFORE =
      ClassCounts.read(
          """
           num     #instances         #bytes  class name (module)
          -------------------------------------------------------
             1:           100           5000  [B (java.base@17.0.15)
             2:            10            160  dev.sluice.change.EventId
          Total           110           5160
          """);

  private static final ClassCounts BEHIND =
      ClassCounts.read(
          """
             1:           300          11000  [B (java.base@17.0.15)
             2:            50           1200  dev.sluice.Some$$Lambda$17/0x0000000800c8a000
             3:            50           1200  dev.sluice.Some$$Lambda$18/0x0000000800c8b000
             4:            20            320  dev.sluice.change.EventId
             5:            10            240  org.bson.BsonTimestamp
          """);

  @Test
  void theDifferenceIsWhatEachEventHasMade() {
    ClassCounts each = BEHIND.since(BEFORE, 100);

    assertThat(each.of("byte[]")).isEqualTo(new ClassCounts.Count("byte[]", 2, 60));
    assertThat(each.of("dev.sluice.change.EventId").objects()).isEqualTo(0.1);
    assertThat(each.of("dev.sluice.Absent").objects()).isZero();
    assertThat(each.all().objects()).isEqualTo(3.2);
  }

  @Test
  void theMostFrequentComesFirstAndLambdasOfOneClassAreOne() {
    assertThat(BEHIND.byNumber())
        .extracting(ClassCounts.Count::type)
        .containsExactly(
            "byte[]",
            "dev.sluice.Some$$Lambda",
            "dev.sluice.change.EventId",
            "org.bson.BsonTimestamp");
  }

  @Test
  void classesAreAddedUpByWhoseTheyAre() {
    assertThat(BEHIND.of(CodeOwner.SLUICE).objects()).isEqualTo(120);
    assertThat(BEHIND.of(CodeOwner.DRIVER).bytes()).isEqualTo(240);
    assertThat(BEHIND.of(CodeOwner.JDK).objects()).isEqualTo(300);
    assertThat(BEHIND.of(CodeOwner.OTHER).objects()).isZero();
  }

  @Test
  void arraysAreNamedAsInASource() {
    assertThat(ClassCounts.readable("[B")).isEqualTo("byte[]");
    assertThat(ClassCounts.readable("[[I")).isEqualTo("int[][]");
    assertThat(ClassCounts.readable("[Ljava.lang.Object;")).isEqualTo("java.lang.Object[]");
  }

  @Test
  void whatIsNoHistogramIsSaid() {
    assertThatThrownBy(() -> ClassCounts.read("4711: no such process"))
        .hasMessageContaining("4711");
  }
}
