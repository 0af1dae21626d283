package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.AmqpKeys;
import dev.sluice.config.Broker;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.HostPort;
import dev.sluice.config.Outlet;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Secret;
import dev.sluice.config.SuperStream;
import dev.sluice.config.TlsFiles;
import dev.sluice.config.TopologyMode;
import dev.sluice.config.TopologySettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts are as RabbitMQ 3.10, 4.0 and 4.3 say them. */
class BrokerAnswersTest {
  private static final int QUEUE = 50;
  private static final int EXCHANGE = 40;
  private static final int DECLARE = 10;
  private static final int BIND = 20;

  private static final RabbitSettings SETTINGS =
      new RabbitSettings(
          new Broker(
              List.of(new HostPort("localhost", 5672)),
              false,
              TlsFiles.NONE,
              "u",
              new Secret("x"),
              "v",
              new AmqpKeys("RABBITMQ_DEFAULT_USERNAME", "RABBITMQ_VIRTUAL_HOST"),
              Duration.ofSeconds(5),
              Duration.ofSeconds(10)),
          "e",
          "q",
          new TopologySettings(
              TopologyMode.DECLARE, ExchangeType.TOPIC, QueueType.QUORUM, Map.of(), true),
          List.of(
              new Outlet(
                  2,
                  "re",
                  ExchangeType.DIRECT,
                  Optional.of(new QueueSettings("rq", QueueType.CLASSIC, Map.of())),
                  Optional.empty())));

  private static PipelineException answer(int code, int classId, int methodId, String text) {
    return answer(SETTINGS, code, classId, methodId, text);
  }

  private static PipelineException answer(
      RabbitSettings settings, int code, int classId, int methodId, String text) {
    AMQP.Channel.Close close =
        new AMQP.Channel.Close.Builder()
            .replyCode(code)
            .replyText(text)
            .classId(classId)
            .methodId(methodId)
            .build();
    return BrokerAnswers.recognise(
        new ShutdownSignalException(false, false, close, null), settings);
  }

  private static PipelineException preconditionFailed(int classId, String text) {
    return answer(AMQP.PRECONDITION_FAILED, classId, DECLARE, "PRECONDITION_FAILED - " + text);
  }

  private static PipelineException notAllowed(String text) {
    AMQP.Connection.Close close =
        new AMQP.Connection.Close.Builder()
            .replyCode(AMQP.NOT_ALLOWED)
            .replyText("NOT_ALLOWED - " + text)
            .classId(10)
            .methodId(40)
            .build();
    return BrokerAnswers.recognise(new ShutdownSignalException(true, false, close, null), SETTINGS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access to vhost 'v' refused for user 'u': connection limit (1) is reached",
        "connection refused for user 'u': user connection limit (1) is reached",
        "connection refused: node connection limit (0) is reached",
        "number of channels opened for user 'u' has reached the maximum allowed user limit of (1)"
      })
  void aLimitOfConnectionsPasses(String text) {
    assertThat(notAllowed(text).kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(notAllowed(text)).hasMessageContaining("raise the limit").hasMessageContaining(text);
  }

  @Test
  void aMessageThatWasHeldForTooLongComesAgain() {
    PipelineException answer =
        answer(
            AMQP.PRECONDITION_FAILED,
            0,
            0,
            "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value"
                + " used: 1800000 ms. This timeout value can be configured, see consumers doc guide"
                + " to learn more");

    assertThat(answer.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(answer).hasMessageContaining("consumer_timeout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vhost v not found",
        "access to vhost 'v' refused for user 'u'",
        "access to vhost 'limit' refused for user 'limit'"
      })
  void aVirtualHostThatIsNotThereOrForbiddenIsAMisconfigurationAndNamesItsKey(String text) {
    assertThat(notAllowed(text).kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(notAllowed(text))
        .hasMessageContaining("virtual host \"v\"")
        .hasMessageContaining("RABBITMQ_VIRTUAL_HOST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "50 | cannot declare queue 'q': queue limit in vhost 'v' (0) is reached | no more queues",
        "50 | cannot declare queue 'q': queue limit in cluster (1) is reached | no more queues",
        "40 | cannot declare exchange 'e' in vhost '/': exchange limit of 7 is reached | no more exchanges"
      })
  void aLimitOfQueuesOrExchangesIsToldAsWhatItIs(int classId, String text, String told) {
    PipelineException limit = preconditionFailed(classId, text);

    assertThat(limit.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(limit)
        .hasMessageContaining(told)
        .hasMessageContaining("raise the limit")
        .hasMessageNotContaining("delete");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'quorum' but current is 'classic'",
        "the value 'quorum' of type 'longstr' but current is none"
      })
  void aQueueOfAnotherTypeIsToldWithTheSettingThatFits(String received) {
    PipelineException other =
        preconditionFailed(
            QUEUE,
            "inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received " + received);

    assertThat(other.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(other)
        .hasMessageContaining("The queue \"q\" exists with other arguments (its x-queue-type is ")
        .hasMessageContaining("set SLUICE_QUEUE_TYPE=classic, choose another name by SLUICE_QUEUE")
        .hasMessageContaining("once it is drained and nobody uses it");
  }

  /** There is no such setting. */
  @Test
  void aStreamThatElectsALeaderIsWaitedFor() {
    PipelineException answer =
        preconditionFailed(
            QUEUE,
            "stream queue 's' in vhost '/' does not have a running replica on the local node");

    assertThat(answer.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(answer).hasMessageContaining("elects a leader");
  }

  @Test
  void aStreamThatIsThereNamesTheSettingForIt() {
    assertThat(
            preconditionFailed(
                QUEUE,
                "inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'quorum' but"
                    + " current is 'stream'"))
        .hasMessageContaining("is stream, and Sluice asks for quorum")
        .hasMessageContaining("set SLUICE_QUEUE_TYPE=stream");
  }

  @Test
  void aQueueWithAnArgumentOfItsOwnIsToldWithTheArgument() {
    assertThat(
            preconditionFailed(
                QUEUE,
                "inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received none but"
                    + " current is the value '1000' of type 'signedint'"))
        .hasMessageContaining("its x-message-ttl is 1000, and Sluice asks for none")
        .hasMessageContaining("can be bound to the exchange beside ours");
  }

  /** The setting is for the queue beside it too. */
  @Test
  void theParkingQueueOfAnotherTypeIsToBeReplayedFirst() {
    assertThat(
            preconditionFailed(
                QUEUE,
                "inequivalent arg 'x-queue-type' for queue 'q.parked' in vhost '/': received"
                    + " 'quorum' but current is 'classic'"))
        .hasMessageContaining("The queue \"q.parked\" exists")
        .hasMessageContaining("replay or drain it and then delete it")
        .hasMessageNotContaining("set SLUICE_QUEUE_TYPE");
  }

  @Test
  void anExchangeOfAnotherTypeNamesItsOwnKey() {
    assertThat(
            preconditionFailed(
                EXCHANGE,
                "inequivalent arg 'type' for exchange 'e' in vhost '/': received 'topic' but current"
                    + " is 'fanout'"))
        .hasMessageContaining("The exchange \"e\" exists with other arguments (its type is fanout")
        .hasMessageContaining("choose another name by SLUICE_EXCHANGE")
        .hasMessageNotContaining("SLUICE_QUEUE");
  }

  /** RabbitMQ 3.10 closes the connection with 503, newer ones may close the channel with 406. */
  @ParameterizedTest
  @ValueSource(ints = {AMQP.COMMAND_INVALID, AMQP.PRECONDITION_FAILED})
  void anExchangeTypeThatNobodyKnowsIsNotWaitedFor(int code) {
    PipelineException unknown =
        answer(code, EXCHANGE, DECLARE, "COMMAND_INVALID - unknown exchange type 'topic'");

    assertThat(unknown.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(unknown).hasMessageContaining("set another SLUICE_EXCHANGE_TYPE");
  }

  @Test
  void theTypeThatNobodyKnowsIsTheOneThatTheBrokerNames() {
    assertThat(
            answer(
                AMQP.PRECONDITION_FAILED,
                EXCHANGE,
                DECLARE,
                "PRECONDITION_FAILED - invalid exchange type 'x-consistent-hash'"))
        .hasMessageContaining("no exchange of the type x-consistent-hash")
        .hasMessageContaining("rabbitmq_consistent_hash_exchange")
        .hasMessageContaining("exchangeType in SLUICE_ROUTES_FILE");
    assertThat(preconditionFailed(EXCHANGE, "invalid exchange type 'x-modulus-hash'"))
        .hasMessageContaining(
            "no exchange of the type x-modulus-hash: it is built in from RabbitMQ 4.3 on; before,"
                + " take x-consistent-hash");
  }

  @Test
  void anExchangeThatHasTheNameOfASuperStreamAsksForAnotherQueue() {
    RabbitSettings partition =
        new RabbitSettings(
            SETTINGS.broker(),
            "",
            "plays-3",
            new TopologySettings(
                TopologyMode.DECLARE,
                ExchangeType.TOPIC,
                QueueType.STREAM,
                Map.of(),
                false,
                Optional.of(new SuperStream("plays", 3))));

    assertThat(
            answer(
                partition,
                AMQP.PRECONDITION_FAILED,
                EXCHANGE,
                DECLARE,
                "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'plays' in vhost '/':"
                    + " received 'direct' but current is 'topic'"))
        .hasMessageContaining("choose another name of the super stream by SLUICE_QUEUE")
        .hasMessageNotContaining("SLUICE_EXCHANGE");
  }

  @Test
  void whatDiffersOfARouteIsSetInItsFile() {
    assertThat(
            preconditionFailed(
                QUEUE,
                "inequivalent arg 'x-queue-type' for queue 'rq' in vhost '/': received 'classic' but"
                    + " current is 'quorum'"))
        .hasMessageContaining("set queueType quorum, choose another name in route 2 of")
        .hasMessageContaining("SLUICE_ROUTES_FILE");
    assertThat(
            preconditionFailed(
                QUEUE,
                "inequivalent arg 'x-max-length' for queue 'rq' in vhost '/': received none but"
                    + " current is the value '5' of type 'signedint'"))
        .hasMessageContaining(
            "ask for the same by queueArguments in route 2 of SLUICE_ROUTES_FILE");
    assertThat(
            preconditionFailed(
                EXCHANGE,
                "inequivalent arg 'type' for exchange 're' in vhost '/': received 'direct' but"
                    + " current is 'topic'"))
        .hasMessageContaining("set exchangeType topic in route 2 of SLUICE_ROUTES_FILE");
  }

  @Test
  void anyOtherPreconditionIsToldInTheBrokersWords() {
    PipelineException other =
        preconditionFailed(
            QUEUE,
            "invalid arg 'x-queue-type' for queue 'q' in vhost '/': \"unsupported queue type\"");

    assertThat(other.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(other)
        .hasMessageContaining("while declaring the queue, RabbitMQ says: ")
        .hasMessageContaining("unsupported queue type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "access to queue 'q' in vhost '/' refused for user 'u'",
        "configure access to queue 'q' in vhost '/' refused for user 'u'"
      })
  void aMissingPermissionIsToldAsOne(String text) {
    PipelineException refused =
        answer(AMQP.ACCESS_REFUSED, QUEUE, DECLARE, "ACCESS_REFUSED - " + text);

    assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refused).hasMessageContaining("lacks a permission").hasMessageContaining(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "405 | 10 | RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' | (exclusive)",
        "404 | 10 | NOT_FOUND - home node 'a' of durable queue 'q' is down or inaccessible | find or reach",
        "541 | 20 | INTERNAL_ERROR - Could not add binding due to timeout | while binding the queue",
        "506 | 10 | RESOURCE_ERROR - no disk | short of something",
        "320 | 0 | CONNECTION_FORCED - broker forced connection closure | it stops, or somebody closed it",
        "504 | 0 | CHANNEL_ERROR - expected 'channel.open' | is lost"
      })
  void whatGoesAwayIsWaitedForAndToldInTheBrokersWords(
      int code, int methodId, String text, String told) {
    PipelineException passing = answer(code, methodId == 0 ? 0 : QUEUE, methodId, text);

    assertThat(passing.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(passing).hasMessageContaining(told).hasMessageContaining(text);
  }

  @Test
  void whatTheBrokerDoesNotHaveIsNotWaitedFor() {
    PipelineException missing =
        answer(AMQP.NOT_IMPLEMENTED, QUEUE, BIND, "NOT_IMPLEMENTED - no bindings here");

    assertThat(missing.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(missing).hasMessageContaining("no bindings here");
  }
}
