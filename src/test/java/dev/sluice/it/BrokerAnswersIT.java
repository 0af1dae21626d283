package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.at;
import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real RabbitMQ answers to a start, and that it sends nobody the wrong way. */
class BrokerAnswersIT {
  private RabbitNode node;

  @BeforeEach
  void takeNode() {
    node = FaultyRabbit.node();
  }

  private static EndedCommand run(PipelineUnderTest sluice) {
    return EndedCommand.of(sluice.environment(), "run");
  }

  /** A start meets a queue that somebody else has declared. */
  private EndedCommand runOn(Map<String, Object> arguments) throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of())) {
      at(node, channel -> channel.queueDeclare(sluice.queue(), true, false, false, arguments));
      try {
        return run(sluice);
      } finally {
        at(node, channel -> channel.queueDelete(sluice.queue()));
      }
    }
  }

  @Test
  void aQueueOfAnotherTypeEndsWithTheSettingThatFits() throws Exception {
    runOn(Map.of("x-queue-type", "classic"))
        .assertOneSentence(
            3,
            "its x-queue-type is classic, and Sluice asks for quorum",
            "set SLUICE_QUEUE_TYPE=classic");
  }

  @Test
  void aQueueOfNoDeclaredTypeEndsWithTheSettingThatFits() throws Exception {
    runOn(Map.of()).assertOneSentence(3, "set SLUICE_QUEUE_TYPE=classic");
  }

  @Test
  void aQueueWithALengthOfItsOwnEndsWithTheArgument() throws Exception {
    runOn(Map.of("x-queue-type", "quorum", "x-max-length", 10))
        .assertOneSentence(3, "its x-max-length is 10", "once it is drained and nobody uses it");
  }

  @Test
  void aRefusedLoginNamesTheUriItCameBy(@TempDir Path secrets) throws Exception {
    String uri = uri("guest:hush", "%2F");
    Path file = Files.writeString(secrets.resolve("uri"), uri);

    refusesTheLogin(Map.of("RABBITMQ_URI", uri), "check user and password in RABBITMQ_URI (");
    refusesTheLogin(
        Map.of("RABBITMQ_URI_FILE", file.toString()),
        "check user and password in RABBITMQ_URI_FILE (");
  }

  @Test
  void aRefusedLoginNamesTheKeyItsPasswordCameBy(@TempDir Path secrets) throws Exception {
    Path file = Files.writeString(secrets.resolve("password"), "hush");
    String port = Integer.toString(node.port());

    refusesTheLogin(
        Map.of(
            "RABBITMQ_HOST",
            node.host(),
            "RABBITMQ_PORT",
            port,
            "RABBITMQ_DEFAULT_PASSWORD",
            "hush"),
        "check RABBITMQ_DEFAULT_USERNAME and RABBITMQ_DEFAULT_PASSWORD (");
    refusesTheLogin(
        Map.of(
            "RABBITMQ_HOST",
            node.host(),
            "RABBITMQ_PORT",
            port,
            "RABBITMQ_DEFAULT_PASSWORD_FILE",
            file.toString()),
        "check RABBITMQ_DEFAULT_USERNAME and RABBITMQ_DEFAULT_PASSWORD_FILE (");
  }

  private static void refusesTheLogin(Map<String, String> address, String told) {
    try (PipelineUnderTest sluice = pipeline(Map.of())) {
      sluice.environment().remove("RABBITMQ_URI");
      sluice.environment().putAll(address);

      EndedCommand ended = run(sluice);

      ended.assertOneSentence(3, "refuses the login of \"guest\"", told);
      assertThat(ended.err()).doesNotContain("hush");
    }
  }

  private String uri(String login, String host) {
    return "amqp://" + login + "@" + node.host() + ":" + node.port() + "/" + host;
  }

  @Test
  void aVirtualHostThatIsNotThereEndsWithTheKeyThatNamesIt() {
    try (PipelineUnderTest sluice =
        pipeline(Map.of("RABBITMQ_URI", uri("guest:guest", "nowhere")))) {
      run(sluice).assertOneSentence(3, "virtual host \"nowhere\"", "that RABBITMQ_URI names it");
    }
  }

  @Test
  void aLimitOfQueuesIsToldAndWaitedFor() throws Exception {
    String host = TestRabbit.freshName("host");
    node.ctl("add_vhost", host);
    node.ctl("set_permissions", "-p", host, "guest", ".*", ".*", ".*");
    node.ctl("set_vhost_limits", "-p", host, "{\"max-queues\": 0}");
    try (PipelineUnderTest sluice = pipeline(Map.of("RABBITMQ_URI", uri("guest:guest", host)))) {
      sluice.launch();
      awaitFailure(sluice, "takes no more queues: raise the limit");

      node.ctl("clear_vhost_limits", "-p", host);

      awaitStreamingAgain(sluice);
    }
    node.ctl("delete_vhost", host);
  }

  @Test
  void aQueueThatBelongsToAnotherConnectionIsWaitedFor() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_QUEUE_TYPE", "classic"))) {
      try (Connection other = node.connect();
          Channel channel = other.createChannel()) {
        channel.queueDeclare(sluice.queue(), true, true, false, Map.of());
        sluice.launch();
        awaitFailure(sluice, "belongs to another connection alone (exclusive)");
      }

      awaitStreamingAgain(sluice);
    }
  }
}
