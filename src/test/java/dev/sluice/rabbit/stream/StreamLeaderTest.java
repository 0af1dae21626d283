package dev.sluice.rabbit.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.AmqpKeys;
import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.testing.FreePorts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The way to the node that leads a stream, told by nodes that answer what the test wants. */
class StreamLeaderTest {
  private static final HostPort ELSEWHERE = new HostPort("nowhere.invalid", 5552);

  private static Broker broker(HostPort at) {
    return new Broker(
        List.of(at),
        false,
        TlsFiles.NONE,
        "user",
        new Secret("x"),
        "/",
        new AmqpKeys("user and password in RABBITMQ_URI", "RABBITMQ_URI"),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10));
  }

  private static HostPort reach(ScriptedNode node) throws IOException {
    return StreamProducer.reachLeader(
        broker(node.address()), node.address(), Optional.empty(), "test", ScriptedNode.STREAM);
  }

  private static void open(ScriptedNode node) throws IOException {
    StreamProducer.open(
            broker(node.address()),
            node.address(),
            Optional.empty(),
            "test",
            ScriptedNode.STREAM,
            "name")
        .close();
  }

  @Test
  void aNameThatNobodyKnowsIsTold() throws IOException {
    try (ScriptedNode node = new ScriptedNode().tells(ELSEWHERE)) {
      assertThatThrownBy(() -> reach(node))
          .isInstanceOfSatisfying(
              LeaderNotReached.class, failure -> assertThat(failure.leader()).isEqualTo(ELSEWHERE));
    }
  }

  @Test
  void aPortWhereNobodyListensIsTold() throws IOException {
    HostPort leader = new HostPort("127.0.0.1", FreePorts.one());
    try (ScriptedNode node = new ScriptedNode().tells(leader)) {
      assertThatThrownBy(() -> reach(node))
          .isInstanceOfSatisfying(
              LeaderNotReached.class, failure -> assertThat(failure.leader()).isEqualTo(leader));
    }
  }

  @Test
  void aPublisherIsDeclaredAtTheLeaderItself() throws IOException {
    try (ScriptedNode node = new ScriptedNode()) {
      node.tells(node.address(), node.address());
      open(node);
    }
  }

  /** Behind a balancer that sends each connection to any of them. */
  @Test
  void anAddressThatSeveralNodesTellIsRefused() throws IOException {
    try (ScriptedNode node = new ScriptedNode()) {
      node.tells(node.address()).withFollowersAt(node.address(), ELSEWHERE);

      SharedAddress failure = catchThrowableOfType(SharedAddress.class, () -> open(node));

      assertThat(failure.address()).isEqualTo(node.address());
    }
  }

  @Test
  void anotherNodeAtTheAddressOfTheLeaderIsTold() throws IOException {
    try (ScriptedNode other = new ScriptedNode().advertises(ELSEWHERE);
        ScriptedNode node = new ScriptedNode().tells(other.address())) {
      assertThatThrownBy(() -> open(node))
          .isInstanceOf(LeaderNotReached.class)
          .hasRootCauseMessage("the node there is " + ELSEWHERE);
    }
  }

  /** What it takes from then on another node may lose. */
  @Test
  void nothingIsPublishedWhereTheLeaderWasBeforeThePublisherWasDeclared() throws IOException {
    try (ScriptedNode node = new ScriptedNode()) {
      node.tells(node.address(), ELSEWHERE);

      assertThatThrownBy(() -> open(node))
          .isInstanceOfSatisfying(
              StreamRefusal.class,
              refusal ->
                  assertThat(refusal.code()).isEqualTo(StreamRefusal.Code.STREAM_NOT_AVAILABLE));
    }
  }

  @Test
  void aPortOfAnotherProtocolIsTold() throws IOException {
    for (String said :
        List.of("AMQP\0\0\11\1", "HTTP/1.1 400 Bad Request\r\n\r\n", "\25\3\3\0\2\2\50")) {
      try (ScriptedNode node = new ScriptedNode().says(said)) {
        assertThatThrownBy(() -> open(node)).isInstanceOf(OtherProtocol.class);
      }
    }
  }
}
