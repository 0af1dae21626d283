package dev.sluice.target.mongodb;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Event;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/** The documents of the copy, as applications read them, within a transaction. */
final class CopiedDocuments {
  private final Cluster cluster;
  private final CopyFailures failures;

  CopiedDocuments(Cluster cluster, CopyFailures failures) {
    this.cluster = cluster;
    this.failures = failures;
  }

  private MongoCollection<RawBsonDocument> raw(Namespace copy) {
    return cluster.collection(copy).withDocumentClass(RawBsonDocument.class);
  }

  /**
   * Writes them, each under its {@code _id}.
   *
   * @param events of which they are, in the same order; none if they are of no single events
   */
  void put(
      ClientSession session, Namespace copy, List<RawBsonDocument> documents, List<Event> events) {
    List<ReplaceOneModel<RawBsonDocument>> replaces =
        documents.stream()
            .map(
                document ->
                    new ReplaceOneModel<>(
                        // An id may be a document with an operator's name in it.
                        new BsonDocument("_id", new BsonDocument("$eq", document.get("_id"))),
                        document,
                        new ReplaceOptions().upsert(true)))
            .toList();
    if (replaces.isEmpty()) {
      return;
    }
    try {
      Answers.of(raw(copy).bulkWrite(session, replaces));
    } catch (RuntimeException e) {
      throw failures.ofDocuments(e, events);
    }
  }

  void delete(ClientSession session, Namespace copy, List<BsonValue> ids) {
    if (!ids.isEmpty()) {
      Answers.of(raw(copy).deleteMany(session, Filters.in("_id", ids)));
    }
  }

  /** Those that are there, as many as have these bytes together, and one at least. */
  List<RawBsonDocument> read(
      ClientSession session, Namespace copy, List<BsonValue> ids, long bytes) {
    return Answers.upTo(
        raw(copy).find(session, Filters.in("_id", ids)),
        document -> document.getByteBuffer().remaining(),
        bytes);
  }
}
