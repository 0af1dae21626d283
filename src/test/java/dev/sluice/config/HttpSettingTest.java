package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where SLUICE_HTTP has the program answer. */
class HttpSettingTest {
  private static Settings read(String http) {
    return SettingsReader.read(Map.of("SLUICE_HTTP", http), Path.of("no.env"));
  }

  @Test
  void isNowhereUnlessItIsSaid() {
    assertThat(SettingsReader.read(Map.of(), Path.of("no.env")).http()).isEmpty();
    assertThat(read("").http()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080,127.0.0.1:8080",
    "8080,127.0.0.1:8080",
    "localhost:9,localhost:9",
    "0.0.0.0:80,0.0.0.0:80",
    "[::1]:8080,[::1]:8080"
  })
  void isAnAddressOrAPortOnLoopback(String text, String address) {
    assertThat(read(text).http()).map(HostPort::toString).hasValue(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "127.0.0.1", "0", "65536", "localhost:0", "http://localhost:8080"})
  void saysWhatIsWrong(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(WrongSettings.class)
        .hasMessageContaining("SLUICE_HTTP must be an address of this machine and a port")
        .hasMessageContaining("such as 127.0.0.1:8080, not \"" + text + "\"");
  }
}
