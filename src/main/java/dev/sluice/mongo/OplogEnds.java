package dev.sluice.mongo;

import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.LogWindow;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/** Reads the first and the last entry of the oplog, {@code local.oplog.rs}. */
final class OplogEnds {
  private static final int FORWARD = 1;
  private static final int BACKWARD = -1;

  private OplogEnds() {}

  /**
   * Empty where they are not to be had: without the privilege to find in {@code local.oplog.rs},
   * and behind the routers of a sharded cluster.
   */
  static Mono<LogWindow> read(MongoConnection connection) {
    return Mono.zip(end(connection, FORWARD), end(connection, BACKWARD), LogWindow::new)
        .onErrorComplete(MongoFailures::isUnauthorized);
  }

  /** In the order of the log itself, which needs no index. */
  private static Mono<BsonTimestamp> end(MongoConnection connection, int direction) {
    return Mono.defer(
            () -> {
              MongoCollection<BsonDocument> oplog =
                  connection
                      .client()
                      .getDatabase("local")
                      .getCollection("oplog.rs", BsonDocument.class);
              return Mono.from(
                  oplog
                      .find()
                      .projection(Projections.include("ts"))
                      .sort(
                          direction == FORWARD
                              ? Sorts.ascending("$natural")
                              : Sorts.descending("$natural"))
                      .first());
            })
        .map(entry -> entry.getTimestamp("ts"));
  }
}
