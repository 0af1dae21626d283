package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamOffsetTest {
  @Test
  void isAWordANumberOrATime() {
    assertThat(StreamOffset.parse("first").value()).isEqualTo("first");
    assertThat(StreamOffset.parse("1000").value()).isEqualTo(1000L);
    assertThat(StreamOffset.parse("2026-11-20T10:00:00Z").value())
        .isEqualTo(Date.from(Instant.parse("2026-11-20T10:00:00Z")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "First", "-1", "1.5", "2026-11-20", "9999999999999999999"})
  void anythingElseIsRefusedInOneSentence(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StreamOffset.parse(text))
        .withMessageContaining("first, last, next, an offset such as 1000, or a time");
  }
}
