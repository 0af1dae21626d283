package dev.sluice.deploy;

import static dev.sluice.deploy.Manifests.container;
import static dev.sluice.deploy.Manifests.each;
import static dev.sluice.deploy.Manifests.pod;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.Durations;
import dev.sluice.config.SettingKey;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** deploy/kubernetes fits the program: its paths, its settings, its times, its images. */
class KubernetesTest {
  private static final Path EXAMPLE = Manifests.FOLDER.resolve("secret.example.yaml");
  private static final Path SETTINGS = Manifests.FOLDER.resolve("sluice.env");

  static List<JsonNode> deployments() {
    return Manifests.deployments();
  }

  private static Map<String, String> environment(JsonNode deployment) {
    Map<String, String> environment = new LinkedHashMap<>();
    each(container(deployment).path("env"))
        .filter(variable -> variable.has("value"))
        .forEach(
            variable ->
                environment.put(variable.path("name").asText(), variable.path("value").asText()));
    return environment;
  }

  @Test
  void thereAreAPipelineItsPartitionsAndAConsumer() {
    assertThat(deployments())
        .extracting(deployment -> deployment.at("/metadata/name").asText())
        .containsExactlyInAnyOrder("sluice", "sluice-partitions", "sluice-consume");
  }

  @Test
  void eachPodOfThePartitionsHasOneOfItsOwnAndNoneIsMissing() {
    JsonNode partitions = Manifests.deployment("sluice-partitions");
    int replicas = partitions.at("/spec/replicas").asInt();

    assertThat(environment(partitions))
        .containsEntry("SLUICE_PARTITION", "$(POD_INDEX)/" + replicas);
    assertThat(
            each(container(partitions).path("env"))
                .filter(variable -> variable.path("name").asText().equals("POD_INDEX"))
                .map(variable -> variable.at("/valueFrom/fieldRef/fieldPath").asText()))
        .containsExactly("metadata.labels['apps.kubernetes.io/pod-index']");
  }

  /** But for what tells them apart they are the same, line for line. */
  @Test
  void aPartitionRunsAsThePipelineDoes() {
    ObjectNode partition = (ObjectNode) pod(Manifests.deployment("sluice-partitions"));
    ArrayNode environment =
        (ArrayNode) container(Manifests.deployment("sluice-partitions")).path("env");
    environment.remove(1);
    environment.remove(0);
    ((ObjectNode) partition.path("containers").path(0)).set("env", environment);

    assertThat(partition).isEqualTo(pod(Manifests.deployment("sluice")));
  }

  @Test
  void eachFileIsNamedByItsKustomizationAndTheExampleOfASecretByNone() {
    for (Path kustomization : Manifests.kustomizations()) {
      Path folder = kustomization.getParent();
      List<Path> named =
          each(Manifests.read(kustomization).path("resources"))
              .map(resource -> folder.resolve(resource.asText()))
              .toList();
      List<Path> there =
          Manifests.files().stream()
              .filter(file -> file.getParent().equals(folder) && !file.equals(EXAMPLE))
              .toList();

      assertThat(named).containsExactlyInAnyOrderElementsOf(there);
    }
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void eachSettingIsOneOfOurs(JsonNode deployment) {
    Set<String> ours =
        Arrays.stream(SettingKey.values()).map(SettingKey::name).collect(Collectors.toSet());

    assertThat(ours).containsAll(environment(deployment).keySet());
  }

  /** As the container has them, with the example's secrets in the files. */
  @Test
  void theSettingsAreReadWithoutAComplaint(@TempDir Path secrets) throws IOException {
    JsonNode example = Manifests.read(EXAMPLE).path("stringData");
    Map<String, String> environment = environment(Manifests.deployment("sluice"));
    for (JsonNode item : items(Manifests.deployment("sluice"))) {
      String key = item.path("key").asText();
      Files.writeString(secrets.resolve(item.path("path").asText()), example.path(key).asText());
    }
    environment.replaceAll(
        (name, value) -> value.replace("/run/secrets/sluice", secrets.toString()));

    Settings settings = SettingsReader.readNamed(environment, SETTINGS);

    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.rabbit().toString()).contains("rabbitmq");
  }

  private static List<JsonNode> items(JsonNode deployment) {
    return each(pod(deployment).path("volumes"))
        .filter(volume -> volume.has("secret"))
        .flatMap(volume -> each(volume.at("/secret/items")))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void eachFileThatIsNamedIsOneOfTheSecretThatIsMounted(JsonNode deployment) {
    String folder =
        each(container(deployment).path("volumeMounts"))
            .filter(mount -> mount.path("name").asText().equals("secrets"))
            .map(mount -> mount.path("mountPath").asText())
            .findFirst()
            .orElseThrow();
    List<String> named =
        Stream.concat(
                environment(deployment).values().stream(),
                each(container(deployment).path("args"))
                    .map(argument -> argument.asText().replaceFirst("^@", "")))
            .filter(value -> value.startsWith("/"))
            .toList();

    assertThat(items(deployment))
        .allSatisfy(
            item ->
                assertThat(
                        Manifests.read(EXAMPLE).path("stringData").has(item.path("key").asText()))
                    .isTrue())
        .extracting(item -> folder + "/" + item.path("path").asText())
        .containsExactlyInAnyOrderElementsOf(named);
  }

  /** None stands in a manifest, nor where a ConfigMap would show it. */
  @Test
  void noSecretIsAnythingButAReference() throws IOException {
    for (Path file : Manifests.files()) {
      if (!file.equals(EXAMPLE)) {
        assertThat(Files.readString(file)).doesNotContain("://");
      }
    }
    assertThat(Files.readString(SETTINGS)).doesNotContain("://", "PASSWORD", "URI");
  }

  @Test
  void thePipelineHasTimeToDrainAndToClose() throws IOException {
    Duration drain = Durations.parse(SettingKey.SLUICE_DRAIN_TIMEOUT.defaultValue());
    assertThat(Files.readString(SETTINGS)).doesNotContain("SLUICE_DRAIN_TIMEOUT");

    assertThat(grace("sluice"))
        .isGreaterThanOrEqualTo(
            drain.plus(Sources.seconds("RunCommand", "CLOSING")).plusSeconds(5));
  }

  @Test
  void theConsumerHasTimeForItsBatchAndToClose() throws IOException {
    assertThat(grace("sluice-consume"))
        .isGreaterThanOrEqualTo(
            Sources.seconds("ConsumerRun", "CLOSING")
                .plus(Sources.seconds("ConsumerRun", "ENDING"))
                .plusSeconds(5));
  }

  private static Duration grace(String name) {
    JsonNode pod = pod(Manifests.deployment(name));
    return Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asLong());
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void itIsAskedWhereItAnswers(JsonNode deployment) throws IOException {
    JsonNode container = container(deployment);
    String port = container.at("/ports/0/containerPort").asText();

    // A consumer is told by an option: the settings that it reads may be the pipeline's.
    String address = container.path("args").path(2).asText();
    assertThat(environment(deployment).getOrDefault("SLUICE_HTTP", address))
        .isEqualTo("0.0.0.0:" + port);
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
    assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/livez");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
    for (String probe : List.of("livenessProbe", "startupProbe", "readinessProbe")) {
      assertThat(container.path(probe).at("/httpGet/port"))
          .isEqualTo(container.at("/ports/0/name"));
    }
    assertThat(Sources.ofPackage("monitor")).contains("\"/livez\"", "\"/readyz\"", "\"/metrics\"");
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void itMayDoNothingButItsWork(JsonNode deployment) {
    JsonNode pod = pod(deployment);
    JsonNode container = container(deployment);

    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(container.at("/resources/limits").has("memory")).isTrue();
    assertThat(container.at("/resources/limits").has("cpu")).as("misses its lease").isFalse();
  }

  /** Whatever selects pods selects these. */
  @Test
  void eachSelectorFindsPods() {
    List<JsonNode> labels =
        deployments().stream().map(d -> d.at("/spec/template/metadata/labels")).toList();
    Stream<JsonNode> selectors =
        Stream.of(
                deployments().stream().map(d -> d.at("/spec/selector")),
                deployments().stream()
                    .flatMap(d -> each(pod(d).path("topologySpreadConstraints")))
                    .map(spread -> spread.path("labelSelector")),
                Manifests.ofKind("PodDisruptionBudget").stream().map(b -> b.at("/spec/selector")),
                Manifests.ofKind("NetworkPolicy").stream().map(p -> p.at("/spec/podSelector")),
                Manifests.ofKind("PodMonitor").stream().map(m -> m.at("/spec/selector")))
            .flatMap(each -> each);

    assertThat(selectors.map(selector -> selector.path("matchLabels")).toList())
        .hasSize(11)
        .allSatisfy(
            wanted ->
                assertThat(labels)
                    .anySatisfy(
                        has ->
                            assertThat(wanted.properties())
                                .isNotEmpty()
                                .isSubsetOf(has.properties())));
  }

  @Test
  void theMonitorReadsThePortThatThePodsName() {
    JsonNode endpoint = Manifests.ofKind("PodMonitor").get(0).at("/spec/podMetricsEndpoints/0");

    assertThat(endpoint.path("path").asText()).isEqualTo("/metrics");
    assertThat(deployments())
        .allSatisfy(
            d -> assertThat(container(d).at("/ports/0/name")).isEqualTo(endpoint.path("port")));
  }

  @Test
  void theImagesHaveTheVersionOfThisBuild() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>sluice</artifactId>\\s+<version>([^<]+)<")
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(version.find()).isTrue();
    List<JsonNode> images =
        Manifests.kustomizations().stream()
            .flatMap(file -> each(Manifests.read(file).path("images")))
            .toList();

    assertThat(images)
        .extracting(image -> image.path("newTag").asText())
        .containsOnly(version.group(1));
    assertThat(images)
        .extracting(image -> image.path("name"))
        .containsExactlyInAnyOrderElementsOf(
            deployments().stream().map(d -> container(d).path("image")).distinct().toList());
  }

  @ParameterizedTest
  @MethodSource("deployments")
  void theImageIsOneThatTheDockerfileMakesWithItsUser(JsonNode deployment) throws IOException {
    Path dockerfile = Path.of("src/docker/Dockerfile");
    JsonNode user = pod(deployment).at("/securityContext/runAsUser");

    assertThat(Files.readString(dockerfile))
        .contains("image.title=\"" + container(deployment).path("image").asText() + "\"")
        .contains("USER " + user + ":" + user + "\n");
  }
}
