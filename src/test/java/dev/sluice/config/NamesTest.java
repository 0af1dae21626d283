package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static Settings read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file"));
  }

  private static List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MONGO_DATABASE_NAME | a.b | has a \".\", which no database of MongoDB can have.",
        "MONGO_DATABASE_NAME | $x | has a \"$\", which no database of MongoDB can have.",
        "MONGO_DATABASE_NAME | 'a b' | has a \" \", which no database of MongoDB can have.",
        "MONGO_DATABASE_NAME | a/b | has a \"/\", which no database of MongoDB can have.",
        "MONGO_DATABASE_NAME | a\\b | has a \"\\\", which no database of MongoDB can have.",
        "MONGO_DATABASE_NAME | admin | is admin, which is MongoDB's own and cannot be watched.",
        "MONGO_DATABASE_NAME | local | is local, which is MongoDB's own and cannot be watched.",
        "MONGO_DATABASE_NAME | config | is config, which is MongoDB's own and cannot be watched.",
        "MONGO_DATABASE_NAME | sluice | is sluice, where positions are kept: each save would be a"
            + " change to be saved.",
        "MONGO_DATABASE_NAME | '' | is empty: remove it for the default.",
        "SLUICE_COLLECTION | system.profile | names a collection of MongoDB's own (system.), which"
            + " cannot be watched.",
        "SLUICE_COLLECTION | a.system.b | names a collection of MongoDB's own (system.), which cannot"
            + " be watched.",
        "SLUICE_COLLECTION | $x | has a \"$\", which no collection of MongoDB can have.",
        "SLUICE_COLLECTION | a$b | has a \"$\", which no collection of MongoDB can have.",
        "SLUICE_COLLECTION | .x | has a dot at an end or two in a row, which no collection of MongoDB"
            + " can have.",
        "SLUICE_COLLECTION | x. | has a dot at an end or two in a row, which no collection of MongoDB"
            + " can have.",
        "SLUICE_COLLECTION | a..b | has a dot at an end or two in a row, which no collection of"
            + " MongoDB can have.",
        "SLUICE_QUEUE | amq.foo | begins with amq., which RabbitMQ reserves for its own queues:"
            + " choose another.",
        "SLUICE_EXCHANGE | amq.direct | begins with amq., which RabbitMQ reserves for its own"
            + " exchanges (amq.topic can be used): choose another."
      })
  void refusesANameThatTheServersReserve(String key, String name, String problem) {
    assertThat(problems(Map.of(key, name))).containsExactly(key + " " + problem);
  }

  @Test
  void refusesControlCharacters() {
    assertThat(
            problems(
                Map.of(
                    "SLUICE_QUEUE", "a\nb",
                    "SLUICE_EXCHANGE", "a\r",
                    "RABBITMQ_VIRTUAL_HOST", "\tx",
                    "MONGO_DATABASE_NAME", "a\0")))
        .hasSize(4)
        .allMatch(problem -> problem.contains("control character"));
    assertThat(problems(Map.of("SLUICE_COLLECTION", "a\0b")))
        .containsExactly("SLUICE_COLLECTION has a NUL, which no collection of MongoDB can have.");
  }

  @Test
  void saysTheReasonOfALimit() {
    assertThat(problems(Map.of("SLUICE_QUEUE", "q".repeat(249))))
        .containsExactly(
            "SLUICE_QUEUE is longer than 248 bytes, which is AMQP's limit of 255 less 7 for"
                + " \".parked\", in which the name of the parking queue ends.");
    assertThat(problems(Map.of("SLUICE_EXCHANGE", "ü".repeat(128))))
        .containsExactly("SLUICE_EXCHANGE is longer than 255 bytes, AMQP's limit for a name.");
    assertThat(problems(Map.of("MONGO_DATABASE_NAME", "d".repeat(64))))
        .containsExactly(
            "MONGO_DATABASE_NAME is longer than 63 bytes, MongoDB's limit for the name of a"
                + " database.");
    assertThat(problems(Map.of("SLUICE_COLLECTION", "c".repeat(247))))
        .containsExactly(
            "SLUICE_COLLECTION is longer than 255 bytes, MongoDB's limit for database and collection"
                + " with the dot between.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.b", "end ", " begin", "two words", "übung", "1", "_x", "systematic", "a:b/c*"})
  void takesEveryCollectionThatThereCanBe(String name) {
    assertThat(read(Map.of("SLUICE_COLLECTION", name)).capture().collection()).isEqualTo(name);
  }

  @Test
  void takesNamesUpToTheLimit() {
    Settings settings =
        read(
            Map.of(
                "MONGO_DATABASE_NAME", "d".repeat(63),
                "SLUICE_COLLECTION", "c".repeat(191),
                "SLUICE_QUEUE", "q".repeat(248),
                "SLUICE_EXCHANGE", "amq.topic"));

    assertThat(settings.rabbit().parkingQueue()).hasSize(255);
    assertThat(settings.rabbit().exchange()).isEqualTo("amq.topic");
  }
}
