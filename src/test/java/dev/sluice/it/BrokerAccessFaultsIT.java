package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.awaitAll;
import static dev.sluice.it.FaultyRabbit.awaitFailure;
import static dev.sluice.it.FaultyRabbit.awaitStreamingAgain;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an administrator can do to a pipeline that runs. Each test has a user and a virtual host of
 * its own, which go with the node.
 */
class BrokerAccessFaultsIT {
  private static final String PASSWORD = "first";

  /**
   * RabbitMQ remembers for a channel what it may do until the channel has been idle for a moment,
   * so this comes between two writes.
   */
  private static final Duration LONG_ENOUGH_TO_FORGET = Duration.ofSeconds(2);

  private static final String NO_CONNECTIONS = "{\"max-connections\": 0}";

  private final String user = TestRabbit.freshName("user");
  private final String host = TestRabbit.freshName("host");
  private RabbitNode node;

  @BeforeEach
  void addUserAndVirtualHost() {
    node = FaultyRabbit.node();
    node.ctl("add_vhost", host);
    node.addUser(user, PASSWORD);
    permit(".*", ".*", ".*");
  }

  private void permit(String configure, String write, String read) {
    node.ctl("set_permissions", "-p", host, user, configure, write, read);
  }

  private void closeConnections() {
    node.ctl("close_all_user_connections", user, "for a test");
  }

  private String uri(String password) {
    return "amqp://" + user + ":" + password + "@" + node.host() + ":" + node.port() + "/" + host;
  }

  private PipelineUnderTest start() throws Exception {
    return pipeline(Map.of("RABBITMQ_URI", uri(PASSWORD))).start();
  }

  @Test
  void permissionsWithdrawnWhileRunningEndWithMisconfigured() throws Exception {
    try (PipelineUnderTest sluice = start()) {
      insert(sluice, 0, 10);
      permit("^$", "^$", "^$");
      await()
          .pollInterval(LONG_ENOUGH_TO_FORGET)
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () -> {
                sluice.collection().insertOne(new BsonDocument());
                return sluice.ended().isDone();
              });

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("lacks a permission");

      permit(".*", ".*", ".*");
      sluice.start();
      sluice.consume();
      await()
          .atMost(FaultyRabbit.PATIENCE)
          .until(
              () ->
                  FaultyRabbit.distinct(sluice.deliveries) == sluice.collection().countDocuments());
    }
  }

  @Test
  void loginRefusedAfterAPasswordChangeEndsWithMisconfiguredAtTheNextConnection() throws Exception {
    try (PipelineUnderTest sluice = start()) {
      sluice.consume();
      node.ctl("change_password", user, "second");
      insert(sluice, 0, 10);
      sluice.awaitDeliveries(10);
      assertThat(sluice.ended()).isNotDone();
      closeConnections();

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("refuses the login of \"" + user + "\"");
    }
  }

  @Test
  void userDeletedWhileRunningEndsWithMisconfigured() throws Exception {
    try (PipelineUnderTest sluice = start()) {
      node.ctl("delete_user", user);

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("refuses the login of \"" + user + "\"");
    }
  }

  @Test
  void virtualHostDeletedWhileRunningEndsWithMisconfigured() throws Exception {
    try (PipelineUnderTest sluice = start()) {
      node.ctl("delete_vhost", host);

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("virtual host \"" + host + "\"");
    }
  }

  /** As after a crash of the virtual host's processes: 541, until an administrator restarts it. */
  @Test
  void virtualHostThatIsDownIsWaitedFor() throws Exception {
    try (PipelineUnderTest sluice = start()) {
      node.ctl("eval", "rabbit_vhost_sup_sup:delete_on_all_nodes(<<\"" + host + "\">>).");
      insert(sluice, 0, 100);
      awaitFailure(sluice, "is down");
      node.ctl("restart_vhost", "-p", host);
      awaitStreamingAgain(sluice);
      sluice.consume();

      awaitAll(sluice, 100);
    }
  }

  @Test
  void connectionLimitOfTheUserIsWaitedFor() throws Exception {
    isWaitedFor(
        () -> node.ctl("set_user_limits", user, NO_CONNECTIONS),
        () -> node.ctl("clear_user_limits", user, "all"));
  }

  @Test
  void connectionLimitOfTheVirtualHostIsWaitedFor() throws Exception {
    isWaitedFor(
        () -> node.ctl("set_vhost_limits", "-p", host, NO_CONNECTIONS),
        () -> node.ctl("clear_vhost_limits", "-p", host));
  }

  private void isWaitedFor(Runnable limit, Runnable clear) throws Exception {
    try (PipelineUnderTest sluice = start()) {
      limit.run();
      closeConnections();
      insert(sluice, 0, 100);
      awaitFailure(sluice, "no more connections");
      clear.run();
      awaitStreamingAgain(sluice);
      sluice.consume();

      awaitAll(sluice, 100);
    }
  }
}
