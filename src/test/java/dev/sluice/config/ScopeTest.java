package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
  private static Scope scope(String included) {
    return new Scope(Scope.parse(included), List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "shop.orders; shop; orders",
        "shop.*; shop; orders.archive",
        "*.orders; shop; orders",
        "log_*.play*; log_7; plays",
        "shop.a.b; shop; a.b",
        "shop.a b; shop; a b",
        "shop.größe$x; shop; größe$x",
        "shop.a\\*b; shop; a*b",
        "shop.a\\,b; shop; a,b",
        "shop.a+(b)[c]; shop; a+(b)[c]",
        "/^log_\\d+\\..*$/; log_12; anything at all",
        "/op\\.ord/; shop; ord",
        "/^(a|b)\\.(c|d)$/; b; c",
        "/^[.]?a{1,2}\\.c/; aa; cc",
        "x.y, shop.*; shop; orders",
      })
  void containsWhatItsEntriesMean(String included, String database, String collection) {
    assertThat(scope(included).contains(database, collection)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "shop.orders; shop; orders2",
        "shop.orders; shop; Orders",
        "shop.*; shop2; orders",
        "shop.a.b; shop; axb",
        "shop.a\\*b; shop; axb",
        "/^log_\\d+\\..*$/; log_; x",
        "/^shop\\.orders$/; shop; orders2",
        "*.*; admin; x",
        "*.*; config; x",
        "*.*; local; x",
        "*.*; sluice; checkpoints",
        "*.*; shop; system.profile",
      })
  void containsNothingElseAndNeverWhatIsMongoDbsOrOurOwn(
      String included, String database, String collection) {
    assertThat(scope(included).contains(database, collection)).isFalse();
  }

  @Test
  void leavesOutWhatIsExcluded() {
    Scope scope = new Scope(Scope.parse("shop.*"), Scope.parse("shop.tmp_*, /^shop\\.x$/"));

    assertThat(scope.contains("shop", "orders")).isTrue();
    assertThat(scope.contains("shop", "tmp_1")).isFalse();
    assertThat(scope.contains("shop", "x")).isFalse();
    assertThat(scope).hasToString("shop.* without /^shop\\.x$/, shop.tmp_*");
  }

  @Test
  void knowsWhetherItIsOneCollectionOrOneDatabase() {
    assertThat(scope("shop.orders").only()).isPresent();
    assertThat(scope("shop.*").only()).isEmpty();
    assertThat(scope("shop.a, shop.b*").database()).contains("shop");
    assertThat(scope("shop.a, other.b").database()).isEmpty();
    assertThat(scope("*.a").database()).isEmpty();
    assertThat(new Scope(Scope.parse("a.b"), Scope.parse("a.c")).only()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop",
        ".orders",
        "shop.",
        "",
        "a.b,",
        "/ab/",
        "/a\\.b|c\\.d/",
        "/(\\.b/",
        "/a\\.[/"
      })
  void refusesWhatIsNoNamespace(String text) {
    assertThatThrownBy(() -> Scope.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isTheSameWhateverTheOrderOfItsEntries() {
    assertThat(scope("b.b, a.a")).hasToString(scope("a.a,b.b").toString());
  }
}
