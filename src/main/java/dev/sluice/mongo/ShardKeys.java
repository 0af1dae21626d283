package dev.sluice.mongo;

import com.mongodb.client.model.Filters;
import dev.sluice.change.Namespace;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.snapshot.ShardKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * By which fields the collections of a sharded cluster are sharded, as {@code config.collections}
 * has it (manual: Config Database). Elsewhere there is nothing to be asked.
 */
final class ShardKeys {
  private static final ShardKeys NONE = new ShardKeys(Map.of());

  private final Map<Namespace, ShardKey> keys;

  private ShardKeys(Map<Namespace, ShardKey> keys) {
    this.keys = Map.copyOf(keys);
  }

  /** Cold. */
  static Mono<ShardKeys> of(MongoConnection connection) {
    return connection.isRouter().flatMap(router -> router ? read(connection) : Mono.just(NONE));
  }

  /** Whatever the servers are. */
  static Mono<ShardKeys> read(MongoConnection connection) {
    return Flux.defer(
            () ->
                connection
                    .client()
                    .getDatabase("config")
                    .getCollection("collections", BsonDocument.class)
                    .find(Filters.exists("key")))
        .filter(ShardKeys::isSharded)
        .collectMap(ShardKeys::namespace, found -> shardKey(found.getDocument("key")))
        .map(ShardKeys::new)
        .onErrorMap(
            MongoFailures::isUnauthorized,
            refused ->
                new PipelineException(
                    FailureKind.MISCONFIGURED,
                    "The MongoDB user lacks a privilege: for a snapshot of a sharded cluster it needs"
                        + " find on \"config.collections\", where the shard keys are",
                    refused));
  }

  /** One that was dropped stays there on older servers; one that is on one shard is on newer. */
  private static boolean isSharded(BsonDocument found) {
    return !is(found, "dropped") && !is(found, "unsplittable");
  }

  private static boolean is(BsonDocument found, String flag) {
    return found.get(flag, BsonBoolean.FALSE).equals(BsonBoolean.TRUE);
  }

  private static Namespace namespace(BsonDocument found) {
    String name = found.getString("_id").getValue();
    int dot = name.indexOf('.');
    return new Namespace(name.substring(0, dot), name.substring(dot + 1));
  }

  private static ShardKey shardKey(BsonDocument pattern) {
    List<String> paths = new ArrayList<>(pattern.keySet());
    return paths.equals(List.of("_id")) ? ShardKey.NONE : new ShardKey(paths);
  }

  ShardKey of(Namespace namespace) {
    return keys.getOrDefault(namespace, ShardKey.NONE);
  }
}
