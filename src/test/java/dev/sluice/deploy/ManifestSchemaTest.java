package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** deploy/kubernetes is what Kubernetes takes, by its published schemas; no cluster is asked. */
class ManifestSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Set<ValidationMessage> complaints(JsonNode manifest) throws IOException {
    ObjectNode schema =
        (ObjectNode)
            JSON.readTree(Path.of("src/test/resources/kubernetes/manifests.schema.json").toFile());
    String kind = manifest.path("kind").asText();
    assertThat(schema.path("definitions").has(kind)).as("a schema of " + kind).isTrue();
    schema.put("$ref", "#/definitions/" + kind);
    JsonSchema ofKind = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema);
    return ofKind.validate(manifest);
  }

  static List<Path> files() {
    return Manifests.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void eachManifestIsTakenByTheSchemaOfItsKind(Path file) throws IOException {
    assertThat(complaints(Manifests.read(file))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/spec, replicas, '\"two\"'",
    "/spec, replica, 2",
    "/spec/strategy, type, '\"Rolling\"'",
    "/spec/template/spec/containers/0/livenessProbe, httpget, '{}'",
    "/spec/template/spec/containers/0, ports, '[{\"name\": \"http\"}]'",
    "/spec/template/spec/securityContext, runAsUser, '\"root\"'",
  })
  void whatKubernetesWouldRefuseIsFound(String where, String field, String value)
      throws IOException {
    JsonNode manifest = Manifests.deployment("sluice");
    ((ObjectNode) manifest.at(where)).set(field, JSON.readTree(value));

    assertThat(complaints(manifest)).isNotEmpty();
  }

  /** What an overlay makes of all that there is, where Kustomize is at hand. */
  @Test
  void whatKustomizeMakesOfItIsTakenAsWell(@TempDir Path outside) throws Exception {
    Assumptions.assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl"))),
        "kubectl is not here");
    // It takes no absolute paths.
    String base = outside.toRealPath().relativize(Manifests.FOLDER.toRealPath()).toString();
    Files.writeString(
        outside.resolve("kustomization.yaml"),
        """
        namespace: elsewhere
        resources: [BASE]
        components: [BASE/components/consumer, BASE/components/pod-monitor]
        """
            .replace("BASE", base));

    Process kustomize =
        new ProcessBuilder("kubectl", "kustomize", outside.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String made = new String(kustomize.getInputStream().readAllBytes());

    assertThat(kustomize.waitFor()).isZero();
    List<JsonNode> manifests = new ArrayList<>();
    new Yaml().loadAll(made).forEach(manifest -> manifests.add(JSON.valueToTree(manifest)));
    assertThat(manifests)
        .extracting(manifest -> manifest.path("kind").asText())
        .containsExactlyInAnyOrder(
            "ConfigMap",
            "Deployment",
            "Deployment",
            "PodDisruptionBudget",
            "NetworkPolicy",
            "NetworkPolicy",
            "PodMonitor");
    for (JsonNode manifest : manifests) {
      assertThat(complaints(manifest)).isEmpty();
      assertThat(manifest.at("/metadata/namespace").asText()).isEqualTo("elsewhere");
    }
    // Other settings, other pods: the name has a digest, in both places.
    String settings =
        manifests.stream()
            .filter(manifest -> manifest.path("kind").asText().equals("ConfigMap"))
            .map(manifest -> manifest.at("/metadata/name").asText())
            .findFirst()
            .orElseThrow();
    assertThat(settings).startsWith("sluice-settings-");
    assertThat(manifests)
        .filteredOn(manifest -> manifest.path("kind").asText().equals("Deployment"))
        .allSatisfy(
            manifest ->
                assertThat(Manifests.container(manifest).at("/envFrom/0/configMapRef/name"))
                    .hasToString('"' + settings + '"'));
  }
}
