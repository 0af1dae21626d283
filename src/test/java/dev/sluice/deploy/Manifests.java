package dev.sluice.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The YAML of deploy/kubernetes, as trees. */
final class Manifests {
  static final Path FOLDER = Path.of("deploy/kubernetes");

  private static final ObjectMapper JSON = new ObjectMapper();

  private Manifests() {}

  static JsonNode read(Path file) {
    try {
      return JSON.valueToTree(new Yaml().load(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All but what only Kustomize reads. */
  static List<Path> files() {
    return yaml().filter(file -> !file.endsWith("kustomization.yaml")).toList();
  }

  static List<Path> kustomizations() {
    return yaml().filter(file -> file.endsWith("kustomization.yaml")).toList();
  }

  private static Stream<Path> yaml() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> ofKind(String kind) {
    return files().stream()
        .map(Manifests::read)
        .filter(manifest -> manifest.path("kind").asText().equals(kind))
        .toList();
  }

  /** What runs: the pipeline, its partitions, and the consumer. */
  static List<JsonNode> deployments() {
    return Stream.concat(ofKind("Deployment").stream(), ofKind("StatefulSet").stream()).toList();
  }

  static JsonNode deployment(String name) {
    return deployments().stream()
        .filter(manifest -> manifest.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static JsonNode pod(JsonNode deployment) {
    return deployment.at("/spec/template/spec");
  }

  static JsonNode container(JsonNode deployment) {
    return pod(deployment).path("containers").path(0);
  }

  static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }
}
