package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerId;
import com.mongodb.connection.ServerType;
import com.mongodb.event.ServerClosedEvent;
import com.mongodb.event.ServerDescriptionChangedEvent;
import dev.sluice.pipeline.FailureKind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class SeenServersTest {
  private static final ServerAddress ONE = new ServerAddress("one.example");
  private static final ServerAddress TWO = new ServerAddress("two.example");

  private final SeenServers servers = new SeenServers();

  private static ServerId id(ServerAddress address) {
    return new ServerId(new ClusterId(), address);
  }

  private void seen(ServerAddress address, ServerDescription.Builder now) {
    ServerDescription.Builder before =
        ServerDescription.builder().address(address).state(ServerConnectionState.CONNECTING);
    servers.serverDescriptionChanged(
        new ServerDescriptionChangedEvent(
            id(address), now.address(address).build(), before.build()));
  }

  private static ServerDescription.Builder serving() {
    return ServerDescription.builder()
        .state(ServerConnectionState.CONNECTED)
        .ok(true)
        .type(ServerType.REPLICA_SET_SECONDARY);
  }

  private static ServerDescription.Builder failing(Throwable failure) {
    return ServerDescription.builder().state(ServerConnectionState.CONNECTING).exception(failure);
  }

  private static ServerDescription.Builder expired() {
    SSLHandshakeException handshake = new SSLHandshakeException("no");
    handshake.initCause(new CertificateExpiredException());
    return failing(new MongoSocketWriteException("sending", ONE, handshake));
  }

  private static ServerDescription.Builder away() {
    return failing(new MongoSocketOpenException("opening", ONE, new ConnectException("refused")));
  }

  private static ServerDescription.Builder hangingUp() {
    return failing(new MongoSocketReadException("end of stream", ONE));
  }

  @Test
  void aCertificateIsTheReasonWhereNobodyServes() {
    seen(ONE, expired());
    seen(TWO, away());

    assertThat(servers.tlsRefusal().kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(servers.tlsRefusal())
        .hasMessageContaining("one.example:27017")
        .hasMessageContaining("its certificate has expired");
  }

  @Test
  void oneThatServesIsEnough() {
    seen(ONE, expired());
    seen(TWO, serving());

    assertThat(servers.tlsRefusal()).isNull();
  }

  @Test
  void serversThatAreAwayAreNoMatterOfTls() {
    seen(ONE, away());
    seen(TWO, away());

    assertThat(servers.tlsRefusal()).isNull();
  }

  @Test
  void serversThatHangUpAreWaitedFor() {
    seen(ONE, hangingUp());

    assertThat(servers.tlsRefusal().kind()).isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aReasonOutlivesAHangUpButNotARestart() {
    seen(ONE, expired());
    seen(ONE, hangingUp());
    assertThat(servers.tlsRefusal().kind()).isEqualTo(FailureKind.MISCONFIGURED);

    seen(ONE, away());
    assertThat(servers.tlsRefusal()).isNull();
  }

  @Test
  void aMemberThatWasRemovedIsForgotten() {
    seen(ONE, expired());
    servers.serverClosed(new ServerClosedEvent(id(ONE)));

    assertThat(servers.tlsRefusal()).isNull();
  }

  private static ServerDescription.Builder serving(ServerType type) {
    return serving().type(type);
  }

  @Test
  void aSetWithoutAPrimaryIsWaitedFor() {
    seen(ONE, serving());
    seen(TWO, away());

    assertThat(servers.whyNone("one,two").kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(servers.whyNone("one,two"))
        .hasMessageContaining("MongoDB at one,two has no primary");
  }

  @Test
  void aSetThatIsNotInitiatedYetIsWaitedFor() {
    seen(ONE, serving(ServerType.REPLICA_SET_GHOST));

    assertThat(servers.whyNone("one").kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(servers.whyNone("one")).hasMessageContaining("rs.initiate()");
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    seen(ONE, failing(new MongoSocketException("no", ONE, new UnknownHostException("no"))));
    seen(TWO, away());

    assertThat(servers.whyNone("one,two").kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(servers.whyNone("one,two")).hasMessageContaining("\"one.example\"");
  }

  @Test
  void aRouterIsNoMemberOfASet() {
    seen(ONE, serving(ServerType.SHARD_ROUTER));

    assertThat(servers.refusal(null)).isNull();
    assertThat(servers.refusal("set").kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(servers.refusal("set")).hasMessageContaining("take replicaSet out");
  }
}
