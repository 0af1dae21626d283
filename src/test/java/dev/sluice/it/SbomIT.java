package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The list of what is in the jar, as the build writes it for scanners. */
class SbomIT {
  @Test
  void listsWhatIsShippedAndNothingElse() throws Exception {
    JsonNode sbom = new ObjectMapper().readTree(Path.of("target", "sluice-sbom.json").toFile());

    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    List<String> groups =
        StreamSupport.stream(sbom.path("components").spliterator(), false)
            .map(component -> component.path("group").asText())
            .toList();
    assertThat(groups)
        .contains("com.rabbitmq", "org.mongodb", "ch.qos.logback", "com.fasterxml.jackson.core")
        .doesNotContain("org.junit.jupiter", "de.bwaldvogel", "org.bouncycastle");
    assertThat(sbom.path("components"))
        .allMatch(component -> component.path("purl").asText().startsWith("pkg:maven/"));
  }
}
