package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {
  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("secret"), content);
  }

  private static Settings read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file"));
  }

  private static List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @ParameterizedTest
  @ValueSource(strings = {" hu sh ", " hu sh \n", " hu sh \r\n"})
  void leavesOutOneLineEndAndNothingElse(String content) throws IOException {
    Settings settings = read(Map.of("RABBITMQ_DEFAULT_PASSWORD_FILE", file(content).toString()));

    assertThat(settings.rabbit().broker().password().reveal()).isEqualTo(" hu sh ");
  }

  @Test
  void keepsTheOtherLineEnds() throws IOException {
    Settings settings = read(Map.of("RABBITMQ_DEFAULT_PASSWORD_FILE", file("hush\n\n").toString()));

    assertThat(settings.rabbit().broker().password().reveal()).isEqualTo("hush\n");
  }

  @Test
  void takesUrisFromFiles() throws IOException {
    String mongo = "mongodb://me:hush@host/?replicaSet=x";
    Path other = Files.writeString(folder.resolve("rabbit"), "amqps://me:hush@rabbit.example\n");

    Settings settings =
        read(
            Map.of(
                "MONGO_DATABASE_HOST_FILE", file(mongo + "\n").toString(),
                "RABBITMQ_URI_FILE", other.toString()));

    assertThat(settings.mongo().uri().reveal()).isEqualTo(mongo);
    assertThat(settings.rabbit().address()).isEqualTo("rabbit.example:5671");
    assertThat(settings.toString()).doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MONGO_DATABASE_HOST", "RABBITMQ_DEFAULT_PASSWORD", "RABBITMQ_URI"})
  void refusesAValueAndItsFileTogether(String key) throws IOException {
    assertThat(problems(Map.of(key, "hush", key + "_FILE", file("hush").toString())))
        .containsExactly(key + " and " + key + "_FILE are both set: remove one of them.");
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Path missing = folder.resolve("missing");
    assertThat(problems(Map.of("RABBITMQ_URI_FILE", missing.toString())))
        .containsExactly("RABBITMQ_URI_FILE (" + missing + ") does not exist: check the path.");
    assertThat(problems(Map.of("RABBITMQ_URI_FILE", folder.toString())))
        .containsExactly(
            "RABBITMQ_URI_FILE ("
                + folder
                + ") cannot be read: make it a readable text file in UTF-8.");
    Path empty = file("\n");
    assertThat(problems(Map.of("RABBITMQ_DEFAULT_PASSWORD_FILE", empty.toString())))
        .containsExactly("RABBITMQ_DEFAULT_PASSWORD_FILE (" + empty + ") is empty.");
    assertThat(problems(Map.of("RABBITMQ_URI_FILE", "\0")))
        .containsExactly("RABBITMQ_URI_FILE is no path of a file.");
  }

  @Test
  void looksForMistypedKeysInItsOwnFile() throws IOException {
    Path dotEnv = Files.writeString(folder.resolve(".env"), "RABBITMQ_URL_FILE=x\n");

    assertThat(
            catchThrowableOfType(WrongSettings.class, () -> SettingsReader.read(Map.of(), dotEnv))
                .problems())
        .containsExactly(
            "RABBITMQ_URL_FILE in .env is no setting: did you mean RABBITMQ_URI_FILE?");
  }
}
