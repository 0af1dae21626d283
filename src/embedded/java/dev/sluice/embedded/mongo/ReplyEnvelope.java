package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;

/** Puts the cluster's time around replies, and words errors, as the chosen release does. */
final class ReplyEnvelope {

  private final Topology topology;
  private final Storage storage;
  private final ServerVersion version;

  ReplyEnvelope(Topology topology, Storage storage, ServerVersion version) {
    this.topology = topology;
    this.storage = storage;
    this.version = version;
  }

  /** The reply that stands for the error, with the labels that a driver acts on. */
  Reply error(Invocation call, ServerError error) {
    Document body = new Document();
    if (version.streamsHello() && ErrorCodes.isStateChange(error.code())) {
      body.put("topologyVersion", topology.view().version());
    }
    body.append("ok", 0.0)
        .append("errmsg", error.getMessage())
        .append("code", error.code())
        .append("codeName", error.codeName());
    List<String> labels = labels(call, error);
    if (!labels.isEmpty()) {
      body.put("errorLabels", labels);
    }
    return new Reply(RawDocument.of(body), true, false);
  }

  private List<String> labels(Invocation call, ServerError error) {
    List<String> labels = new ArrayList<>(error.labels());
    if (!labels.isEmpty() || !version.hasModernErrors()) {
      return labels;
    }
    boolean inTransaction = call.body().containsKey("autocommit");
    boolean ends =
        call.command().equals("commitTransaction") || call.command().equals("abortTransaction");
    if (call.body().containsKey("txnNumber")
        && ErrorCodes.isRetryableWrite(error.code())
        && (!inTransaction || ends)) {
      labels.add("RetryableWriteError");
    } else if (inTransaction && ErrorCodes.isRetryableWrite(error.code())) {
      labels.add("TransientTransactionError");
    }
    boolean reads = call.command().equals("getMore") || call.command().equals("aggregate");
    if (reads && ErrorCodes.isResumableStream(error.code())) {
      labels.add("ResumableChangeStreamError");
    }
    return labels;
  }

  /**
   * The bytes of a reply, in a writer's buffer: 4.2 puts the operation time of an error first, as
   * recorded.
   */
  BsonWriter bytes(Reply reply) {
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
    return writer;
  }

  private static Document clusterTime(OpTime time) {
    Document signature = new Document("hash", new BinData(new byte[20])).append("keyId", 0L);
    return new Document("clusterTime", time.timestamp()).append("signature", signature);
  }
}
