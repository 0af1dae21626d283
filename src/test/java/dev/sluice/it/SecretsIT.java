package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.config.SettingsReader;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No password is ever seen: not in what the jar writes to either stream, as text or JSON and with
 * the most talkative log, and not in its command line, whatever goes wrong.
 */
class SecretsIT {
  private static final String MONGO_PASSWORD = "Open-Sesame-7";
  private static final String RABBIT_PASSWORD = "Speak-Friend-8";

  @TempDir private Path directory;

  static List<String[]> commandsAndFormats() {
    List<String[]> all = new ArrayList<>();
    for (String command : List.of("run", "tail --count=1", "insert --count=1 --verify --wait=1s")) {
      for (String format : List.of("text", "json")) {
        all.add(new String[] {command, format});
      }
    }
    return all;
  }

  private static String withUser(String uri, String password) {
    return uri.replaceFirst("//(?:[^@/]*@)?", "//intruder:" + password + "@");
  }

  private static Map<String, String> settings(String mongoUri, String rabbitUri, String format) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MONGO_DATABASE_HOST", mongoUri);
    environment.put("RABBITMQ_URI", rabbitUri);
    environment.put("SLUICE_PIPELINE", TestRabbit.freshName("secrets"));
    environment.put("SLUICE_LOG_LEVEL", "debug");
    environment.put("SLUICE_LOG_FORMAT", format);
    return environment;
  }

  /** Runs it to its end and gives all that could be seen of it. */
  private static String seen(Map<String, String> environment, int code, String command)
      throws IOException {
    try (SluiceProcess process = SluiceProcess.start(environment, List.of(), command.split(" "))) {
      // For a moment behind the fork a process has no command line yet.
      String commandLine =
          await().until(process::commandLine, shown -> shown.contains("sluice.jar"));
      assertThat(process.exitCode()).as(process.log()).isEqualTo(code);
      assertThat(process.log()).as("it says what is wrong").isNotBlank();
      return commandLine + "\n" + process.log();
    }
  }

  private static void assertNothingSecret(String seen) {
    assertThat(seen)
        .doesNotContain(MONGO_PASSWORD, RABBIT_PASSWORD)
        .doesNotContain(MONGO_PASSWORD.substring(5), RABBIT_PASSWORD.substring(6));
  }

  @ParameterizedTest
  @MethodSource("commandsAndFormats")
  void aLoginThatRabbitRefuses(String command, String format) throws Exception {
    String rabbit = withUser(TestRabbit.shared().uri(), RABBIT_PASSWORD);
    Map<String, String> environment = settings(TestMongo.shared().uri(), rabbit, format);

    String seen = seen(environment, 3, command);

    assertThat(seen).contains("refuses the login of").contains("intruder");
    assertNothingSecret(seen);
  }

  /** Also the embedded set refuses it: it knows no users, and no way to log in. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void aLoginThatMongoRefuses(String format) throws Exception {
    Assumptions.assumeFalse(
        TestMongo.shared().uri().contains("@"),
        "the login of the tests' own user would be changed");
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("login").start()) {
      String mongo = withUser(set.uri(), MONGO_PASSWORD) + "&serverSelectionTimeoutMS=3000";
      String rabbit = withUser(TestRabbit.shared().uri(), RABBIT_PASSWORD);

      String seen = seen(settings(mongo, rabbit, format), 3, "run");

      assertThat(seen).contains("refuses the login");
      assertNothingSecret(seen);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://me:Open-Sesame-7@host:port/",
        "mongodb://me:Open-Sesame-7@@host/",
        "mongodb://me:Open-Sesame-7@host/?tlsInsecure=true",
        "mongodb://me:Open-Sesame-7@host/?authMechanism=Open-Sesame-7",
        "mongo://me:Open-Sesame-7@host/",
        "mongodb+srv://me:Open-Sesame-7@host:1/",
        "mongodb://me:Open-Sesame-7@/"
      })
  void aMongoUriThatIsWrong(String uri) throws Exception {
    assertNothingSecret(seen(settings(uri, "amqp://localhost", "text"), 2, "run"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amqp://me:Speak-Friend-8@host:port",
        "amqp://me:Speak-Friend-8@host/a/b",
        "ampq://me:Speak-Friend-8@host",
        "Speak-Friend-8"
      })
  void aRabbitUriThatIsWrong(String uri) throws Exception {
    assertNothingSecret(seen(settings("mongodb://host", uri, "text"), 2, "run"));
  }

  @Test
  void secretsInFilesThatAreWrong() throws Exception {
    Path file = Files.writeString(directory.resolve("uri"), "me:" + RABBIT_PASSWORD + "@host\n");
    Map<String, String> environment = settings("mongodb://host", "", "text");
    environment.put("RABBITMQ_URI_FILE", file.toString());
    environment.put("MONGO_DATABASE_TLS_CA_FILE", file.toString());

    assertNothingSecret(seen(environment, 2, "run"));

    Path dotEnv =
        Files.writeString(
            directory.resolve(".env"),
            "RABBITMQ_DEFAULT_PASSWORD: "
                + RABBIT_PASSWORD
                + "\nRABBITMQ_URI=\""
                + RABBIT_PASSWORD);
    assertNothingSecret(seen(Map.of(), 2, "run --env-file=" + dotEnv));
  }

  @Test
  void theSettingsAsText() throws Exception {
    Path key = Files.writeString(directory.resolve("key.pem"), RABBIT_PASSWORD);
    Map<String, String> environment =
        settings("mongodb://me:" + MONGO_PASSWORD + "@host", "", "text");
    environment.put("RABBITMQ_DEFAULT_PASSWORD_FILE", key.toString());

    var settings = SettingsReader.read(environment, Path.of("no-such-file"));

    assertThat(settings.rabbit().broker().password().reveal()).isEqualTo(RABBIT_PASSWORD);
    assertThat(settings.mongo().uri().reveal()).contains(MONGO_PASSWORD);
    for (Record part :
        List.of(
            settings,
            settings.mongo(),
            settings.rabbit(),
            settings.capture(),
            settings.envelope(),
            settings.delivery(),
            settings.log())) {
      assertNothingSecret(part.toString());
    }
  }
}
