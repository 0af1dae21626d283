package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.EffectiveSettings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveSettingsTest {
  @TempDir private Path directory;

  private EffectiveSettings read(Map<String, String> environment, String file) throws IOException {
    return SettingsReader.read(
            environment, Files.writeString(directory.resolve(".env"), file), 1L << 30)
        .effective();
  }

  private static Setting of(SettingKey key, EffectiveSettings settings) {
    return settings.list().get(key.ordinal());
  }

  @Test
  void eachKeyIsThereOnceInItsOrder() throws Exception {
    assertThat(read(Map.of(), "").list())
        .extracting(Setting::name)
        .isEqualTo(Arrays.stream(SettingKey.values()).map(Enum::name).toList());
  }

  @Test
  void eachSaysWhereItCameFrom() throws Exception {
    EffectiveSettings settings =
        read(
            Map.of("SLUICE_QUEUE", "of-the-environment", "PATH", "/bin"),
            "SLUICE_QUEUE=of-the-file\nSLUICE_COLLECTION=plays\n");

    assertThat(of(SettingKey.SLUICE_QUEUE, settings))
        .isEqualTo(new Setting("SLUICE_QUEUE", "of-the-environment", "environment"));
    assertThat(of(SettingKey.SLUICE_COLLECTION, settings))
        .isEqualTo(
            new Setting(
                "SLUICE_COLLECTION",
                "plays",
                "file " + directory.resolve(".env").toAbsolutePath().normalize()));
    assertThat(of(SettingKey.SLUICE_VIEW, settings))
        .isEqualTo(new Setting("SLUICE_VIEW", "NEW_IMAGE", "default"));
    assertThat(of(SettingKey.SLUICE_VIEW, settings).isDefault()).isTrue();
  }

  @Test
  void noSecretIsShown() throws Exception {
    EffectiveSettings settings =
        read(
            Map.of(
                "MONGO_DATABASE_HOST",
                "mongodb://reader:hidden%40word@one:27017,two:27017/?authSource=admin",
                "RABBITMQ_DEFAULT_PASSWORD",
                "hidden too"),
            "");

    assertThat(of(SettingKey.MONGO_DATABASE_HOST, settings).value())
        .isEqualTo("mongodb://reader:***@one:27017,two:27017/?authSource=admin");
    assertThat(of(SettingKey.RABBITMQ_DEFAULT_PASSWORD, settings).value()).isEqualTo("***");
    assertThat(settings.toString()).doesNotContain("hidden");
  }

  @Test
  void aSecretAmongTheOptionsOfAUriIsNoneToShow() throws Exception {
    EffectiveSettings settings =
        read(
            Map.of(
                "MONGO_DATABASE_HOST",
                "mongodb://key:hidden@one/?authMechanism=MONGODB-AWS"
                    + "&authMechanismProperties=AWS_SESSION_TOKEN:hidden&replicaSet=rs"),
            "");

    assertThat(of(SettingKey.MONGO_DATABASE_HOST, settings).value())
        .isEqualTo(
            "mongodb://key:***@one/?authMechanism=MONGODB-AWS"
                + "&authMechanismProperties=***&replicaSet=rs");
  }

  @Test
  void whatStandsInAFileOfItsOwnIsInForce() throws Exception {
    Path uri =
        Files.writeString(directory.resolve("uri"), "amqp://sluice:hid:den@broker:5672/shop\n");

    EffectiveSettings settings = read(Map.of("RABBITMQ_URI_FILE", uri.toString()), "");

    assertThat(of(SettingKey.RABBITMQ_URI, settings))
        .isEqualTo(
            new Setting("RABBITMQ_URI", "amqp://sluice:***@broker:5672/shop", "RABBITMQ_URI_FILE"));
    assertThat(of(SettingKey.RABBITMQ_URI_FILE, settings).value()).isEqualTo(uri.toString());
  }
}
