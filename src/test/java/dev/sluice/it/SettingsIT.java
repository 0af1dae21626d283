package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Settings that only a start shows to be right or wrong. */
class SettingsIT {
  private static EndedCommand run(PipelineUnderTest sluice, String mongoUri) {
    Map<String, String> environment = new HashMap<>(sluice.environment());
    environment.put("MONGO_DATABASE_HOST", mongoUri);
    return EndedCommand.of(environment, "run");
  }

  @Test
  void aSettingsFileThatWasNamedAndIsNotThereEndsWithTwo() {
    for (String command : List.of("run", "insert", "tail", "parked")) {
      EndedCommand ended = EndedCommand.of(Map.of(), Path.of("nope.env"), command);

      ended.assertOneSentence(2, "The settings file nope.env does not exist");
    }
  }

  @Test
  void anOptionThatTheDriverRefusesEndsWithTwo() {
    for (String option : List.of("minPoolSize=5&maxPoolSize=2", "authMechanism=hush", "w=-1")) {
      EndedCommand ended =
          EndedCommand.of(
              Map.of("MONGO_DATABASE_HOST", "mongodb://host/?replicaSet=x&" + option), "run");

      ended.assertOneSentence(2, "MONGO_DATABASE_HOST cannot be read");
      assertThat(ended.err()).doesNotContain("hush");
    }
  }

  @Test
  void aNameWithoutServersInTheDnsEndsWithThree() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      EndedCommand ended = run(sluice, "mongodb+srv://me:hush@nowhere.sluice.invalid/");

      ended.assertOneSentence(3, "nowhere.sluice.invalid", "MONGO_DATABASE_HOST");
      assertThat(ended.err()).doesNotContain("hush");
    }
  }

  @Test
  void aReadPreferenceThatNobodyFitsEndsWithThree() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      String uri =
          TestMongo.shared().uri()
              + "&readPreference=secondary&readPreferenceTags=dc:nowhere"
              + "&serverSelectionTimeoutMS=3000";

      EndedCommand ended = run(sluice, uri);

      ended.assertOneSentence(3, "fits the read preference", "readPreferenceTags");
    }
  }

  @Test
  void aPasswordKeepsItsBlanks() throws Exception {
    Assumptions.assumeTrue(
        TestRabbit.shared().node().isPresent(), "needs a RabbitMQ whose users are ours");
    RabbitNode node = TestRabbit.shared().node().get();
    String user = TestRabbit.freshName("user");
    node.addUser(user, " x ");
    node.setPermissions(user, ".*", ".*", ".*");
    Map<String, String> login =
        Map.of(
            "RABBITMQ_URI",
            "",
            "RABBITMQ_HOST",
            "127.0.0.1:" + FreePorts.one() + "," + node.host(),
            "RABBITMQ_PORT",
            String.valueOf(node.port()),
            "RABBITMQ_DEFAULT_USERNAME",
            user,
            "RABBITMQ_DEFAULT_PASSWORD",
            " x ");
    try (PipelineUnderTest sluice = new PipelineUnderTest(login)) {
      sluice.start();

      assertThat(sluice.state()).isEqualTo(PipelineState.STREAMING);
    }
  }

  @Test
  void theTopicExchangeOfRabbitMqItselfCanBeUsed() throws Exception {
    Assumptions.assumeTrue(
        TestRabbit.shared().isReal(), "the embedded broker has names of its own");
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_EXCHANGE", "amq.topic"))) {
      sluice.start();

      assertThat(sluice.state()).isEqualTo(PipelineState.STREAMING);
    }
  }
}
