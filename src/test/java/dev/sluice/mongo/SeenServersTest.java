package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.ReadPreference;
import com.mongodb.ServerAddress;
import com.mongodb.Tag;
import com.mongodb.TagSet;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerId;
import com.mongodb.connection.ServerType;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ServerClosedEvent;
import com.mongodb.event.ServerDescriptionChangedEvent;
import dev.sluice.pipeline.FailureKind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.Set;
import javax.naming.NameNotFoundException;
import javax.naming.ServiceUnavailableException;
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

  private void seenPrimaryOf(String... hosts) {
    seen(
        ONE,
        serving()
            .type(ServerType.REPLICA_SET_PRIMARY)
            .tagSet(new TagSet(new Tag("dc", "here")))
            .hosts(Set.of(hosts)));
  }

  private static ReadPreference inThe(String dataCenter) {
    return ReadPreference.nearest(new TagSet(new Tag("dc", dataCenter)));
  }

  @Test
  void tagsThatNoMemberHasAreAWrongSetting() {
    seenPrimaryOf("one.example");

    assertThat(servers.unfit(inThe("nowhere")).kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(servers.unfit(inThe("nowhere")))
        .hasMessageContaining("fits the read preference")
        .hasMessageContaining("readPreferenceTags");
    assertThat(servers.unfit(inThe("here"))).isNull();
    assertThat(servers.unfit(ReadPreference.primary())).isNull();
  }

  @Test
  void aMemberThatIsAwayMayHaveThem() {
    seenPrimaryOf("one.example", "two.example");
    seen(TWO, away());

    assertThat(servers.unfit(inThe("nowhere")).kind()).isEqualTo(FailureKind.TRANSIENT);
  }

  private void lookedUp(Throwable cause) {
    ClusterDescription before =
        new ClusterDescription(ClusterConnectionMode.MULTIPLE, ClusterType.UNKNOWN, List.of());
    ClusterDescription now =
        new ClusterDescription(
            ClusterConnectionMode.MULTIPLE,
            ClusterType.UNKNOWN,
            new MongoConfigurationException("no SRV", cause),
            List.of(),
            null,
            null);
    servers.clusterDescriptionChanged(
        new ClusterDescriptionChangedEvent(new ClusterId(), now, before));
  }

  @Test
  void aNameThatTheDnsDoesNotKnowIsAWrongSettingAndADnsThatIsSilentIsNot() {
    lookedUp(new NameNotFoundException("no"));
    assertThat(servers.unnamed("x.example").kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(servers.unnamed("x.example"))
        .hasMessageStartingWith("The DNS names no servers for x.example");

    lookedUp(new ServiceUnavailableException("no"));
    assertThat(servers.unnamed("x.example").kind()).isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void standaloneServersAreToldAlsoWhereTheUriNamesNoSet() {
    seen(ONE, serving().type(ServerType.STANDALONE));

    assertThat(servers.refusal(null)).hasMessageContaining("is a standalone server");
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
