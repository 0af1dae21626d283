package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderTableTest {
  private final HeaderTable table = HeaderTable.of(new String[] {"b", "a"}, "x", 1L);

  @Test
  void isAMapOfItsEntries() {
    assertThat(table).isEqualTo(Map.of("a", 1L, "b", "x")).hasSize(2).containsEntry("a", 1L);
    assertThat(Map.of("a", 1L, "b", "x")).isEqualTo(table).hasSameHashCodeAs(table);
    assertThat(table.get("c")).isNull();
    assertThat(table.containsKey("a")).isTrue();
    assertThat(table.containsKey("c")).isFalse();
    assertThat(new HashMap<>(table)).isEqualTo(table);
  }

  @Test
  void isWalkedThroughInItsOrder() {
    List<String> names = new ArrayList<>();
    table.forEach((name, value) -> names.add(name + value));
    assertThat(names).containsExactly("bx", "a1");
    assertThat(table.keySet()).containsExactly("b", "a");
  }

  @Test
  void nobodyChangesIt() {
    assertThatThrownBy(() -> table.put("c", 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> table.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(table::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aCopyDoesNotFollowWhatItWasMadeOf() {
    Map<String, Object> headers = new HashMap<>(Map.of("a", 1));
    HeaderTable copy = HeaderTable.copyOf(headers);
    headers.put("b", 2);
    assertThat(copy).isEqualTo(Map.of("a", 1));
    assertThat(HeaderTable.copyOf(copy)).isSameAs(copy);
  }

  @Test
  void thereIsNoHeaderWithoutAValue() {
    Map<String, Object> headers = new HashMap<>();
    headers.put("a", null);
    assertThatNullPointerException().isThrownBy(() -> HeaderTable.copyOf(headers));
  }
}
