package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.KeyTemplate.Kind;
import dev.sluice.config.KeyTemplate.Part;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTemplateTest {
  private static KeyTemplate read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file")).route().routingKey();
  }

  private static void assertRefused(Map<String, String> environment, String told) {
    assertThat(catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems())
        .singleElement()
        .asString()
        .startsWith("SLUICE_ROUTING_KEY ")
        .contains(told);
  }

  @Test
  void isWordsAndValuesInTheirOrder() {
    assertThat(KeyTemplate.parse("a{{b}}.{document.x.y}{id}").parts())
        .containsExactly(
            new Part(Kind.LITERAL, "a{b}."), new Part(Kind.DOCUMENT, "x.y"), new Part(Kind.ID, ""));
    assertThat(read(Map.of())).isEqualTo(KeyTemplate.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{collection | not closed",
        "collection} | closes nothing",
        "{} | nothing that an event has",
        "{document} | nothing that an event has",
        "{Database} | nothing that an event has",
        "{document.} | no path of a field",
        "{before.a..b} | no path of a field"
      })
  void whatIsNoTemplateIsRefusedInOneSentence(String template, String told) {
    assertRefused(
        Map.of("SLUICE_ROUTING_KEY", template, "SLUICE_VIEW", "NEW_AND_OLD_IMAGES"), told);
  }

  @Test
  void wordsThatLeaveNoRoomAreRefused() {
    assertRefused(Map.of("SLUICE_ROUTING_KEY", "ü".repeat(116) + "{operation}"), "255 bytes");
    assertRefused(Map.of("SLUICE_ROUTING_KEY", ""), "is empty");
  }

  @Test
  void valuesThatTheViewDoesNotHaveAreRefused() {
    assertRefused(
        Map.of("SLUICE_ROUTING_KEY", "{document.a}", "SLUICE_VIEW", "KEYS_ONLY"), "SLUICE_VIEW=");
    assertRefused(Map.of("SLUICE_ROUTING_KEY", "{before.a}"), "SLUICE_VIEW=");
  }
}
