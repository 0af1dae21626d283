package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the command, sees that this node may carry it out, and puts its answer into a reply with
 * the cluster's time.
 */
final class CommandDispatcher {

  private static final Logger log = LoggerFactory.getLogger(CommandDispatcher.class);

  private static final Set<String> PRIMARY_ONLY =
      Set.of(
          "insert",
          "update",
          "delete",
          "findAndModify",
          "findandmodify",
          "create",
          "createIndexes",
          "drop",
          "dropDatabase",
          "dropIndexes",
          "deleteIndexes",
          "renameCollection",
          "collMod",
          "commitTransaction",
          "abortTransaction");
  private static final Set<String> PRIMARY_UNLESS_ASKED =
      Set.of("find", "aggregate", "count", "distinct", "listCollections", "listIndexes");

  private final Map<String, Command> commands;
  private final Topology topology;
  private final Storage storage;
  private final ServerVersion version;
  private final Transactions transactions;
  private final ReplyEncoder encoder = new ReplyEncoder();

  CommandDispatcher(
      Map<String, Command> commands,
      Topology topology,
      Storage storage,
      ServerVersion version,
      Transactions transactions) {
    this.commands = Map.copyOf(commands);
    this.topology = topology;
    this.storage = storage;
    this.version = version;
    this.transactions = transactions;
  }

  /**
   * What goes back to the client.
   *
   * @param streamed whether the same request is to be answered again
   * @param closes whether the connection ends instead
   */
  record Answer(ByteBuf bytes, boolean streamed, boolean closes) {
    static final Answer CLOSE = new Answer(null, false, true);
  }

  /** Never fails: whatever goes wrong is an error reply. */
  CompletionStage<Answer> dispatch(Invocation call) {
    return invoke(call)
        .handle((reply, error) -> error == null ? reply : errorReply(call, error))
        .thenApply(reply -> answer(call, reply));
  }

  private CompletionStage<Reply> invoke(Invocation call) {
    try {
      String name = call.command();
      Command command = commands.get(name);
      if (command == null) {
        throw new ServerError(59, "CommandNotFound", "no such command: '" + name + "'");
      }
      checkRole(call, name);
      return Transactions.concerns(call) ? transactions.run(call, command) : command.invoke(call);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void checkRole(Invocation call, String name) {
    if (topology.isPrimary(call.node().index())) {
      return;
    }
    if (PRIMARY_ONLY.contains(name)) {
      throw notPrimary();
    }
    boolean secondaryAllowed =
        call.request().legacy()
            || call.body().get("$readPreference") instanceof Document preference
                && !"primary".equals(preference.get("mode"));
    if (PRIMARY_UNLESS_ASKED.contains(name) && !secondaryAllowed) {
      throw version.hasModernErrors()
          ? new ServerError(13435, "NotPrimaryNoSecondaryOk", "not primary and secondaryOk=false")
          : new ServerError(13435, "NotMasterNoSlaveOk", "not master and slaveOk=false");
    }
  }

  ServerError notPrimary() {
    return version.hasModernErrors()
        ? new ServerError(10107, "NotWritablePrimary", "not primary")
        : new ServerError(10107, "NotMaster", "not master");
  }

  private Reply errorReply(Invocation call, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    ServerError error;
    if (cause instanceof ServerError known) {
      error = known;
    } else {
      log.warn("embedded mongod failed at command={}", call.command(), cause);
      error = new ServerError(8, "UnknownError", String.valueOf(cause));
    }
    return new Reply(RawDocument.of(describe(error)), true, false);
  }

  private Document describe(ServerError error) {
    Document body = new Document();
    if (version.streamsHello() && isStateChange(error.code())) {
      body.put("topologyVersion", topology.view().version());
    }
    body.append("ok", 0.0)
        .append("errmsg", error.getMessage())
        .append("code", error.code())
        .append("codeName", error.codeName());
    List<String> labels = error.labels();
    if (!labels.isEmpty()) {
      body.put("errorLabels", labels);
    }
    return body;
  }

  /** Errors that tell a driver to look at the set anew. */
  static boolean isStateChange(int code) {
    return code == 10107 || code == 13435 || code == 189 || code == 11602 || code == 91;
  }

  private Answer answer(Invocation call, Reply reply) {
    byte[] body = envelope(reply);
    return new Answer(
        encoder.encode(call.request(), body, reply.streamed()), reply.streamed(), false);
  }

  /** Adds the cluster's time: 4.2 puts the operation time of an error first, as recorded. */
  private byte[] envelope(Reply reply) {
    byte[] fields = reply.body().bytes();
    BsonWriter writer = new BsonWriter(fields.length + 200);
    int start = writer.startDocument();
    OpTime time = storage.lastApplied();
    boolean timeFirst = reply.failed() && !version.hasModernErrors();
    if (timeFirst) {
      writer.writeField("operationTime", time.timestamp());
    }
    writer.writeBytes(fields, 4, fields.length - 5);
    writer.writeField("$clusterTime", clusterTime(time));
    if (!timeFirst) {
      writer.writeField("operationTime", time.timestamp());
    }
    writer.endDocument(start);
    return writer.toByteArray();
  }

  private static Document clusterTime(OpTime time) {
    Document signature = new Document("hash", new BinData(new byte[20])).append("keyId", 0L);
    return new Document("clusterTime", time.timestamp()).append("signature", signature);
  }
}
