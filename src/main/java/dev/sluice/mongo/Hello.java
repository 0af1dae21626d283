package dev.sluice.mongo;

import com.mongodb.ConnectionString;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;

/**
 * What a server says of itself in reply to {@code hello} or, before 4.4.2, {@code isMaster}, and
 * whether Sluice can work with it: it needs a primary, or a router of a sharded cluster, as it
 * keeps its position where it reads.
 *
 * @param address what the URI names, for a sentence
 */
record Hello(BsonDocument reply, String address) {
  /**
   * The time of the newest operation.
   *
   * @throws PipelineException if Sluice cannot work with this server, or not yet
   */
  BsonTimestamp operationTime(ConnectionString uri) {
    if (!isRouter()) {
      requireSet();
      if (Boolean.TRUE.equals(uri.isDirectConnection())) {
        requirePrimary();
      }
      requireName(uri);
    }
    if (!reply.isTimestamp("operationTime")) {
      throw passing("MongoDB at %s has not told its time yet");
    }
    return reply.getTimestamp("operationTime");
  }

  /** Of a sharded cluster. */
  boolean isRouter() {
    return reply.containsKey("msg");
  }

  private void requireSet() {
    if (is("isreplicaset")) {
      throw SeenServers.notInitiated(address);
    }
    if (!reply.isString("setName")) {
      throw SeenServers.standalone(address);
    }
  }

  /** Without a direct connection the driver itself goes to the primary. */
  private void requirePrimary() {
    if (is("isWritablePrimary") || is("ismaster")) {
      return;
    }
    if (is("arbiterOnly")) {
      throw misplaced("an arbiter, which has no data");
    }
    if (reply.isString("primary")) {
      throw misplaced(
          "not the primary of its set, which is " + reply.getString("primary").getValue());
    }
    throw passing("MongoDB at %s is not the primary of its set, which has none for now");
  }

  private PipelineException misplaced(String what) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "MongoDB at "
            + address
            + " is "
            + what
            + ", and Sluice needs the primary, where it keeps its position: take directConnection out"
            + " of MONGO_DATABASE_HOST and add replicaSet="
            + setName());
  }

  private void requireName(ConnectionString uri) {
    if (uri.getRequiredReplicaSetName() == null) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "MONGO_DATABASE_HOST does not name the replica set, so a failover would not be followed:"
              + " add replicaSet="
              + setName()
              + " to its options");
    }
  }

  private String setName() {
    return reply.getString("setName").getValue();
  }

  private boolean is(String field) {
    return reply.get(field, BsonBoolean.FALSE).equals(BsonBoolean.TRUE);
  }

  private PipelineException passing(String sentence) {
    return new PipelineException(FailureKind.TRANSIENT, String.format(sentence, address));
  }
}
