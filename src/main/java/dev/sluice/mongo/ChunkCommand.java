package dev.sluice.mongo;

import dev.sluice.change.Namespace;
import dev.sluice.snapshot.ChunkRequest;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.ShardKey;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonMinKey;
import org.bson.BsonString;
import org.bson.BsonTimestamp;

/**
 * The {@code find} that reads a chunk.
 *
 * <p>{@code min} and {@code max} are bounds of the index, in its own order over all types, where
 * {@code $gt} and {@code $lt} compare within one type only. They need a {@code hint}; the first is
 * inclusive, the second is not, and nor is the end of an index scan that has no {@code max}. What a
 * range begins behind is left out by a condition, so that nothing has to be compared here. Across
 * shards the documents come in order only if they are sorted, which costs nothing by this index
 * (mongo/src/mongo/db/query/query_planner.cpp). Without {@code batchSize} a first reply would end
 * at 101 documents.
 */
final class ChunkCommand {
  private static final BsonDocument BY_ID = new BsonDocument("_id", new BsonInt32(1));

  /** Long enough to be refused; whether anything meets the condition is not asked. */
  private static final int PROBE_MILLIS = 1_000;

  private ChunkCommand() {}

  /** For {@code fields} below: all of a document. */
  static BsonDocument all() {
    return new BsonDocument();
  }

  /** For {@code fields} below: what tells one document from all others. */
  static BsonDocument keys(ShardKey shardKey) {
    BsonDocument fields = BY_ID.clone();
    shardKey.paths().forEach(path -> fields.put(path, new BsonInt32(1)));
    return fields;
  }

  /** As of the moment that is asked for. From MongoDB 5.0 on. */
  static BsonDocument at(ChunkRequest request, BsonDocument fields) {
    return find(request, fields, "snapshot", "atClusterTime");
  }

  /** As of a later moment, which the server chooses. From MongoDB 5.0 on. */
  static BsonDocument notBefore(ChunkRequest request, BsonDocument fields) {
    return find(request, fields, "snapshot", "afterClusterTime");
  }

  /** As of moments that are not before the one that is asked for. */
  static BsonDocument majority(ChunkRequest request, BsonDocument fields) {
    return find(request, fields, "majority", "afterClusterTime");
  }

  /**
   * One document, to find out whether a collection can be read like that at all: with that
   * condition, and from a beginning, which a view does not have.
   */
  static BsonDocument probe(Namespace namespace, String match) {
    return new BsonDocument("find", new BsonString(namespace.collection()))
        .append("filter", match.isEmpty() ? new BsonDocument() : BsonDocument.parse(match))
        .append("sort", BY_ID)
        .append("hint", BY_ID)
        .append("min", new BsonDocument("_id", new BsonMinKey()))
        .append("limit", new BsonInt32(1))
        .append("singleBatch", BsonBoolean.TRUE)
        .append("maxTimeMS", new BsonInt32(PROBE_MILLIS));
  }

  private static BsonDocument find(
      ChunkRequest request, BsonDocument fields, String level, String when) {
    KeyRange range = request.range();
    BsonDocument find =
        new BsonDocument("find", new BsonString(request.namespace().collection()))
            .append("filter", filter(request))
            .append("sort", BY_ID)
            .append("hint", BY_ID)
            .append("limit", new BsonInt32(request.limit()))
            .append("batchSize", new BsonInt32(request.limit()))
            .append("singleBatch", BsonBoolean.TRUE);
    if (range.start() != null && !range.isSingle()) {
      find.append("min", range.start().asId());
    }
    if (range.end() != null && !range.isSingle()) {
      find.append("max", range.end().asId());
    }
    if (!fields.isEmpty()) {
      find.append("projection", fields);
    }
    return find.append(
        "readConcern",
        new BsonDocument("level", new BsonString(level))
            .append(when, new BsonTimestamp(request.at())));
  }

  private static BsonDocument filter(ChunkRequest request) {
    BsonDocument own = new BsonDocument();
    if (request.range().isSingle()) {
      own.append("_id", request.range().start().named("$eq"));
    } else if (request.range().behind()) {
      own.append("_id", request.range().start().named("$ne"));
    }
    if (request.match().isEmpty()) {
      return own;
    }
    BsonDocument match = BsonDocument.parse(request.match());
    return own.isEmpty() ? match : new BsonDocument("$and", new BsonArray(List.of(own, match)));
  }
}
