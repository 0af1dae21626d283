package dev.sluice.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Whether there is a Docker engine to ask for containers. */
final class DockerEngine {
  private DockerEngine() {}

  /**
   * Looks for somebody who listens, which takes no time. Testcontainers tries all the ways in which
   * an engine could be reached, and logs a page about each that fails.
   */
  static boolean isThere(Map<String, String> environment) {
    String host = environment.get("DOCKER_HOST");
    if (host != null && !host.startsWith("unix://")) {
      return true;
    }
    if (host != null) {
      return listens(Path.of(host.substring("unix://".length())));
    }
    String home = environment.getOrDefault("HOME", "/");
    return Stream.of(
            Path.of("/var/run/docker.sock"),
            Path.of(home, ".docker/run/docker.sock"),
            Path.of(home, ".docker/desktop/docker.sock"),
            Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", "/run"), "docker.sock"))
        .anyMatch(DockerEngine::listens);
  }

  private static boolean listens(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException nobody) {
      return false;
    }
  }
}
