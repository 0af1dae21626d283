package dev.sluice.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Namespace;
import dev.sluice.snapshot.Key;
import dev.sluice.snapshot.KeyRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Parts of a collection that have about as many documents each: a sample of the ids, which the
 * server sorts, as only it knows their order. Where the sample lies badly a part is larger, and
 * nothing else.
 */
final class RangeSplit {
  /** Fewer are read before a second reader is of use. */
  private static final long WORTH_SPLITTING = 10_000;

  /** Of the sample for each part: enough that none is several times as large as another. */
  private static final int SAMPLE = 20;

  /** $sample could not find a document that is no duplicate after so many tries. */
  private static final int NO_SAMPLE = 28799;

  private RangeSplit() {}

  static Flux<KeyRange> of(MongoConnection connection, Namespace namespace, int parts) {
    return estimate(connection, namespace)
        .flatMapMany(
            documents ->
                documents < WORTH_SPLITTING
                    ? Flux.just(KeyRange.of(namespace))
                    : boundaries(connection, namespace, parts)
                        .flatMapIterable(keys -> KeyRange.between(namespace, keys)));
  }

  /** From the collection's metadata. */
  static Mono<Long> estimate(MongoConnection connection, Namespace namespace) {
    return Mono.defer(
            () ->
                Mono.from(
                    connection
                        .client()
                        .getDatabase(namespace.database())
                        .runCommand(
                            new BsonDocument("count", new BsonString(namespace.collection())),
                            BsonDocument.class)))
        .map(reply -> reply.getNumber("n").longValue());
  }

  private static Mono<List<Key>> boundaries(
      MongoConnection connection, Namespace namespace, int parts) {
    MongoCollection<RawBsonDocument> collection =
        connection
            .client()
            .getDatabase(namespace.database())
            .getCollection(namespace.collection(), RawBsonDocument.class);
    return Flux.defer(
            () ->
                collection.aggregate(
                    List.of(
                        Aggregates.sample(SAMPLE * parts),
                        Aggregates.project(Projections.include("_id")),
                        Aggregates.sort(Sorts.ascending("_id")))))
        .map(RangeSplit::key)
        .collectList()
        // In one part, then: the server gives up where it meets the same document too often.
        .onErrorResume(
            MongoCommandException.class,
            refused ->
                refused.getErrorCode() == NO_SAMPLE ? Mono.just(List.of()) : Mono.error(refused))
        .map(
            sorted ->
                IntStream.range(1, parts)
                    .map(part -> (int) ((long) part * sorted.size() / parts))
                    .filter(at -> at < sorted.size())
                    .mapToObj(sorted::get)
                    .toList());
  }

  private static Key key(RawBsonDocument document) {
    ByteBuffer bytes = document.getByteBuffer().asNIO();
    return Key.of(bytes.array(), bytes.arrayOffset() + bytes.position());
  }
}
