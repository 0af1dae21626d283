package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "'', true, true",
    "'{\"fullDocument.n\": 1}', false, true",
    "'{\"fullDocument.n\": 1}', true, false",
    "'{\"$expr\": {\"$lt\": [\"$wallTime\", \"$$NOW\"]}}', false, false",
    "'{\"$expr\": {\"$lt\": [{\"$rand\": {}}, 0.5]}}', false, false",
    "'{\"$expr\": {\"$lt\": [\"$wallTime\", \"\\u0024\\u0024NOW\"]}}', false, false",
    "'{\"$expr\": {\"$function\": {\"body\": \"\", \"args\": [], \"lang\": \"js\"}}}', false, false",
  })
  void theSameEventsComeAgainUnlessTheyHangOnWhatChanges(
      String match, String lookup, boolean repeatable) {
    CaptureSettings capture =
        SettingsReader.read(
                Map.of("SLUICE_MATCH", match, "SLUICE_UPDATE_LOOKUP", lookup),
                Path.of("no-such-file"))
            .capture();

    assertThat(capture.isRepeatable()).isEqualTo(repeatable);
  }
}
