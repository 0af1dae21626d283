package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.sluice.change.Namespace;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.Secret;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.snapshot.ShardKey;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** The embedded set is not sharded: {@code config.collections} is as a router would show it. */
class ShardKeysIT {
  private static final Namespace ORDERS = new Namespace("shop", "orders.old");

  @Test
  void areThoseOfTheCollectionsThatAreSharded() {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("config").start();
        MongoClient client = MongoClients.create(set.uri());
        MongoConnection connection =
            new MongoConnection(new MongoSettings(new Secret(set.uri()), "shop", "orders"))) {
      for (String entry :
          List.of(
              "{_id: 'shop.orders.old', key: {city: 1, 'a.b': 'hashed'}, unique: false}",
              "{_id: 'shop.byId', key: {_id: 'hashed'}, dropped: false}",
              "{_id: 'shop.gone', key: {x: 1}, dropped: true}",
              "{_id: 'shop.whole', key: {_id: 1}, unsplittable: true}",
              "{_id: 'shop.noKey', dropped: true}")) {
        client
            .getDatabase("config")
            .getCollection("collections", BsonDocument.class)
            .insertOne(BsonDocument.parse(entry));
      }
      ShardKeys read = ShardKeys.read(connection).block();

      assertThat(read.of(ORDERS)).isEqualTo(new ShardKey(List.of("city", "a.b")));
      for (String other : List.of("byId", "gone", "whole", "noKey", "none")) {
        assertThat(read.of(new Namespace("shop", other))).isEqualTo(ShardKey.NONE);
      }
      // Only a router is asked.
      assertThat(ShardKeys.of(connection).block().of(ORDERS)).isEqualTo(ShardKey.NONE);
    }
  }
}
