package dev.sluice.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A RabbitMQ on this machine's disk.
 *
 * @param binaries where {@code rabbitmq-server} and {@code rabbitmqctl} are
 * @param version what it says of itself, such as {@code 4.0.5}
 */
public record RabbitInstallation(Path binaries, String version) {
  /** Names the one that {@link #preferred} is: its folder, or the {@code bin} in it. */
  static final String VARIABLE = "SLUICE_TEST_RABBITMQ_HOME";

  /** Debian's {@code /usr/sbin/rabbitmq-server} changes to another user first; these do not. */
  private static final List<Path> KNOWN_PLACES =
      List.of(
          Path.of("/usr/lib/rabbitmq/bin"),
          Path.of("/opt/rabbitmq/sbin"),
          Path.of("/opt/homebrew/sbin"),
          Path.of("/usr/local/sbin"));

  /** Where {@code .ci/rabbitmq4} unpacks one that Debian 12 has not, below the user's home. */
  private static final Path UNPACKED = Path.of(".cache/sluice/rabbitmq4/bin");

  /** Initialised by the JVM once: to ask for a version takes half a second. */
  private static final class Found {
    private static final List<RabbitInstallation> ALL = find(System.getenv());
  }

  /** All that are here, the preferred one first; no folder twice. */
  public static List<RabbitInstallation> all() {
    return Found.ALL;
  }

  /** The one that tests use which have no other wish. */
  public static Optional<RabbitInstallation> preferred() {
    return all().stream().findFirst();
  }

  /** As in {@code 4}, of {@code 4.0.5}. */
  public int major() {
    return Integer.parseInt(version.replaceFirst("\\D.*", ""));
  }

  static List<RabbitInstallation> find(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "/");
    return Stream.of(
            named(environment).stream(),
            KNOWN_PLACES.stream(),
            Stream.of(Path.of(home).resolve(UNPACKED)))
        .flatMap(places -> places)
        .filter(RabbitInstallation::isInstalled)
        .distinct()
        .map(place -> new RabbitInstallation(place, askVersion(place)))
        .toList();
  }

  private static Optional<Path> named(Map<String, String> environment) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (named.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Path.of(named).toAbsolutePath().normalize();
    return Optional.of(
        Stream.of(folder, folder.resolve("bin"), folder.resolve("sbin"))
            .filter(RabbitInstallation::isInstalled)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        VARIABLE + " holds no rabbitmq-server, nor does its bin: " + named)));
  }

  private static boolean isInstalled(Path place) {
    return Files.isExecutable(place.resolve("rabbitmq-server"));
  }

  private static String askVersion(Path place) {
    try {
      Path home = Files.createTempDirectory("sluice-rabbitmq-version-");
      Path printed = home.resolve("version.txt");
      ProcessBuilder builder =
          new ProcessBuilder(place.resolve("rabbitmqctl").toString(), "version")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(printed.toFile());
      // It writes an Erlang cookie there if there is none.
      builder.environment().put("HOME", home.toString());
      int exit = builder.start().waitFor();
      String version = Files.readString(printed).strip();
      try (Stream<Path> files = Files.list(home)) {
        files.map(Path::toFile).forEach(File::delete);
      }
      Files.delete(home);
      if (exit != 0 || !version.matches("\\d+\\..*")) {
        throw new IllegalStateException(
            place + "/rabbitmqctl does not say its version: " + version);
      }
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** As tests and their traces show it. */
  @Override
  public String toString() {
    return "RabbitMQ " + version + " of " + binaries;
  }
}
