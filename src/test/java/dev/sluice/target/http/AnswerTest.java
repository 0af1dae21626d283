package dev.sluice.target.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
  private static Answer answer(Map<String, List<String>> headers) {
    return new Answer("http://x/", 503, HttpHeaders.of(headers, (name, value) -> true), "");
  }

  @ParameterizedTest
  @CsvSource({
    "'30', PT30S",
    "'Fri, 20 Nov 2026 01:02:33 GMT', PT30S",
    "'99999', PT10M",
    "'Fri, 20 Nov 2026 03:00:00 GMT', PT10M"
  })
  void takesTheTimeAndTheDateThatAReceiverNames(String text, Duration pause) {
    Map<String, List<String>> headers =
        Map.of("Retry-After", List.of(text), "Date", List.of("Fri, 20 Nov 2026 01:02:03 GMT"));

    assertThat(answer(headers).retryAfter()).contains(pause);
  }

  @Test
  void passesOverWhatIsNoTimeOrOverAlready() {
    Map<String, List<String>> past =
        Map.of(
            "Retry-After", List.of("Fri, 20 Nov 2026 01:00:00 GMT"),
            "Date", List.of("Fri, 20 Nov 2026 01:02:03 GMT"));

    assertThat(answer(Map.of()).retryAfter()).isEmpty();
    assertThat(answer(Map.of("Retry-After", List.of("soon"))).retryAfter()).isEmpty();
    assertThat(answer(past).retryAfter()).isEmpty();
  }
}
