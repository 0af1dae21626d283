package dev.sluice.mongo;

import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.ReadPreference;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterType;
import com.mongodb.connection.ServerDescription;
import com.mongodb.connection.ServerType;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import com.mongodb.event.ServerClosedEvent;
import com.mongodb.event.ServerDescriptionChangedEvent;
import com.mongodb.event.ServerListener;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.TlsFailure;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;

/**
 * Remembers what the servers said of themselves. A driver that was told a set's name drops every
 * server that is not of this set, and then only says that it found none; here is why.
 *
 * <p>Called on the driver's monitoring threads.
 */
final class SeenServers implements ServerListener, ClusterListener {
  private volatile ServerDescription last;

  /** Why the DNS names no servers for a {@code mongodb+srv://} URI; null as long as it does. */
  private volatile Throwable unnamed;

  /** What is known of each server now: that it serves, or why not. */
  private final Map<ServerAddress, ServerDescription> now = new ConcurrentHashMap<>();

  @Override
  public void serverDescriptionChanged(ServerDescriptionChangedEvent event) {
    ServerDescription server = event.getNewDescription();
    if (server.isOk()) {
      last = server;
    }
    // Without either the driver only begins to find out.
    if (server.isOk() || server.getException() != null) {
      // The reason for which a server refuses the handshake gets lost in some of the attempts.
      now.merge(
          server.getAddress(),
          server,
          (before, after) -> refuses(before) && hangsUp(after) ? before : after);
    }
  }

  @Override
  public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
    unnamed = event.getNewDescription().getSrvResolutionException();
  }

  /**
   * Why no server is known at all.
   *
   * @param name as the URI has it
   * @return null if the DNS is not the reason
   */
  PipelineException unnamed(String name) {
    Throwable failure = unnamed;
    if (failure == null) {
      return null;
    }
    Throwable answer = failure;
    while (answer != null && !(answer instanceof NamingException)) {
      answer = answer.getCause();
    }
    // A DNS that does not answer will, one day; one that knows no such name has answered.
    boolean answered = answer == null || answer instanceof NameNotFoundException;
    return new PipelineException(
        answered ? FailureKind.MISCONFIGURED : FailureKind.TRANSIENT,
        (answered ? "The DNS names no servers for " : "The DNS does not tell the servers of ")
            + name
            + ": check the name behind mongodb+srv:// in MONGO_DATABASE_HOST, or list the servers"
            + " with mongodb://",
        failure);
  }

  @Override
  public void serverClosed(ServerClosedEvent event) {
    now.remove(event.getServerId().getAddress());
  }

  /**
   * Why there is no TLS with any server, asked where there should be. The driver keeps trying them,
   * and when it gives up it only says that it found none.
   *
   * <p>One that serves is enough to go on with, whatever the certificates of the others.
   *
   * @return null if one of them serves, or if none of them fails because of TLS
   */
  PipelineException tlsRefusal() {
    PipelineException refusal = null;
    for (ServerDescription server : now.values()) {
      if (server.isOk()) {
        return null;
      }
      Throwable failure = server.getException();
      Optional<String> reason = TlsFailure.whileConnecting(failure, MongoFailures.TLS_KEYS);
      if (reason.isPresent()) {
        refusal = MongoFailures.noTls(server.getAddress().toString(), reason.get(), failure);
      } else if (refusal == null && hangsUp(server)) {
        refusal =
            new PipelineException(
                FailureKind.TRANSIENT,
                "MongoDB at "
                    + server.getAddress()
                    + " "
                    + TlsFailure.hangsUp(MongoFailures.TLS_KEYS),
                failure);
      }
    }
    return refusal;
  }

  private static boolean refuses(ServerDescription server) {
    return !server.isOk()
        && TlsFailure.whileConnecting(server.getException(), MongoFailures.TLS_KEYS).isPresent();
  }

  /** Whether it took the connection and closed it, which is neither being away nor silence. */
  private static boolean hangsUp(ServerDescription server) {
    return server.getException() instanceof MongoSocketException
        && !(server.getException() instanceof MongoSocketOpenException)
        && !(server.getException() instanceof MongoSocketReadTimeoutException);
  }

  /**
   * Why the servers cannot be used.
   *
   * @param setName as the URI has it; may be null
   * @return null if nothing is known against them
   */
  PipelineException refusal(String setName) {
    ServerDescription server = last;
    if (server == null || server.isShardRouter() && setName == null) {
      return null;
    }
    if (server.isShardRouter()) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "MongoDB at "
              + server.getAddress()
              + " is a router (mongos) of a sharded cluster: take replicaSet out of"
              + " MONGO_DATABASE_HOST");
    }
    if (server.isStandAlone()) {
      return standalone(server.getAddress().toString());
    }
    if (setName == null) {
      return null;
    }
    if (server.getSetName() != null && !server.getSetName().equals(setName)) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "The replica set at "
              + server.getAddress()
              + " is called \""
              + server.getSetName()
              + "\", not \""
              + setName
              + "\": put replicaSet="
              + server.getSetName()
              + " into MONGO_DATABASE_HOST");
    }
    return null;
  }

  /**
   * Why there is a set, and nobody in it to read from, asked when none was found.
   *
   * @return null if one of those who serve fits, or if it is not known who belongs to the set
   */
  PipelineException unfit(ReadPreference preference) {
    List<ServerDescription> serving =
        now.values().stream().filter(ServerDescription::isOk).toList();
    Optional<ServerDescription> primary =
        serving.stream().filter(ServerDescription::isPrimary).findFirst();
    if (primary.isEmpty() || !preference.isSecondaryOk()) {
      return null;
    }
    ClusterDescription set =
        new ClusterDescription(ClusterConnectionMode.MULTIPLE, ClusterType.REPLICA_SET, serving);
    if (!preference.choose(set).isEmpty()) {
      return null;
    }
    boolean all =
        serving.size() >= primary.get().getHosts().size() + primary.get().getPassives().size();
    return new PipelineException(
        // One that is away may be the one that fits.
        all ? FailureKind.MISCONFIGURED : FailureKind.TRANSIENT,
        (all ? "No member" : "No member that can be reached")
            + " of the replica set at "
            + primary.get().getAddress()
            + " fits the read preference: check readPreference ("
            + preference.getName()
            + "), readPreferenceTags and maxStalenessSeconds in MONGO_DATABASE_HOST");
  }

  /**
   * Why the driver could choose no server, where more is known than that.
   *
   * @param address what the URI names, for a sentence
   * @return null if nothing more is known
   */
  PipelineException whyNone(String address) {
    List<ServerDescription> seen = List.copyOf(now.values());
    if (seen.stream().anyMatch(ServerDescription::isPrimary)) {
      return null;
    }
    if (seen.stream().anyMatch(server -> isOk(server, ServerType.REPLICA_SET_SECONDARY))) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "MongoDB at "
              + address
              + " has no primary: its members elect one, or most of them are down or cut off");
    }
    if (seen.stream().anyMatch(server -> isOk(server, ServerType.REPLICA_SET_GHOST))) {
      return notInitiated(address);
    }
    return seen.stream()
        .filter(server -> hasCause(server, UnknownHostException.class))
        .findFirst()
        .map(
            server ->
                new PipelineException(
                    FailureKind.TRANSIENT,
                    "MongoDB at "
                        + address
                        + " cannot be reached: nobody knows a host of the name \""
                        + server.getAddress().getHost()
                        + "\", so check it in MONGO_DATABASE_HOST and in the configuration of the"
                        + " set",
                    server.getException()))
        .orElse(null);
  }

  private static boolean isOk(ServerDescription server, ServerType type) {
    return server.isOk() && server.getType() == type;
  }

  private static boolean hasCause(ServerDescription server, Class<? extends Throwable> type) {
    for (Throwable each = server.getException(); each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  /** Whoever starts the servers may initiate the set a moment later. */
  static PipelineException notInitiated(String address) {
    return new PipelineException(
        FailureKind.TRANSIENT,
        "MongoDB at "
            + address
            + " belongs to no replica set yet: initiate it there (rs.initiate())");
  }

  static PipelineException standalone(String address) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "MongoDB at "
            + address
            + " is a standalone server, which has no change streams: start it with --replSet and"
            + " initiate the set (rs.initiate()), also if it is to have one member only");
  }
}
