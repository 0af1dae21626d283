package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RabbitInstallationTest {
  @TempDir Path folder;

  @Test
  void theOneThatIsNamedComesFirst() throws Exception {
    Path binaries = install("bin", "4.9.1");

    List<RabbitInstallation> found = RabbitInstallation.find(named(folder));

    assertThat(found.get(0)).isEqualTo(new RabbitInstallation(binaries, "4.9.1"));
    assertThat(found.get(0).major()).isEqualTo(4);
    assertThat(RabbitInstallation.find(named(binaries)).get(0)).isEqualTo(found.get(0));
  }

  @Test
  void theOneInTheCacheIsFoundUnnamed() throws Exception {
    Path binaries = install(".cache/sluice/rabbitmq4/bin", "4.9.2");

    assertThat(RabbitInstallation.find(Map.of("HOME", folder.toString())))
        .contains(new RabbitInstallation(binaries, "4.9.2"));
  }

  @Test
  void theOneThatIsNamedMustBeThere() {
    assertThatThrownBy(() -> RabbitInstallation.find(named(folder)))
        .hasMessageContaining("SLUICE_TEST_RABBITMQ_HOME")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void oneThatDoesNotSayItsVersionIsRefused() throws Exception {
    install("bin", "");

    assertThatThrownBy(() -> RabbitInstallation.find(named(folder)))
        .hasMessageContaining("does not say its version");
  }

  private static Map<String, String> named(Path home) {
    return Map.of("SLUICE_TEST_RABBITMQ_HOME", home.toString());
  }

  private Path install(String place, String version) throws IOException {
    Path binaries = Files.createDirectories(folder.resolve(place));
    for (String program : List.of("rabbitmq-server", "rabbitmqctl")) {
      Path file = binaries.resolve(program);
      Files.writeString(file, "#!/bin/sh\necho " + version + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return binaries;
  }
}
