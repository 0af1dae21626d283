package dev.sluice.mongo;

import com.mongodb.connection.ServerDescription;
import com.mongodb.event.ServerDescriptionChangedEvent;
import com.mongodb.event.ServerListener;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;

/**
 * Remembers what the servers said of themselves. A driver that was told a set's name drops every
 * server that is not of this set, and then only says that it found none; here is why.
 *
 * <p>Called on the driver's monitoring threads.
 */
final class SeenServers implements ServerListener {
  private volatile ServerDescription last;

  @Override
  public void serverDescriptionChanged(ServerDescriptionChangedEvent event) {
    if (event.getNewDescription().isOk()) {
      last = event.getNewDescription();
    }
  }

  /**
   * Why the servers cannot be used.
   *
   * @param setName as the URI has it; may be null
   * @return null if nothing is known against them
   */
  PipelineException refusal(String setName) {
    ServerDescription server = last;
    if (server == null || setName == null || server.isShardRouter()) {
      return null;
    }
    if (server.isStandAlone()) {
      return standalone(server.getAddress().toString());
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

  static PipelineException standalone(String address) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "MongoDB at "
            + address
            + " is a standalone server, which has no change streams: start it with --replSet and"
            + " initiate the set (rs.initiate()), also if it is to have one member only");
  }
}
