package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.sluice.change.Change;
import dev.sluice.change.Position;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.Partition;
import dev.sluice.config.Scope;
import dev.sluice.config.Secret;
import dev.sluice.config.View;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

/** Servers that are gone without a word: no reset, no end, no answer. */
class SilentMongoIT {
  /** The driver's monitor gives a server up after 10 + 5 s without an answer. */
  private static final Duration NOTICED = Duration.ofSeconds(40);

  private static ChangeStreamSource inserts(MongoConnection connection) {
    return new ChangeStreamSource(
        connection,
        new CaptureSettings(
            "test",
            Partition.WHOLE,
            Scope.of("scrabble", "scrabble"),
            Set.of("insert"),
            false,
            "",
            "",
            View.NEW_IMAGE,
            false,
            true,
            100,
            false),
        Clock.systemUTC());
  }

  @Test
  void aStreamWhoseServerFallsSilentGoesOnElsewhereOrFails() {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("silent").start();
        MongoClient client = MongoClients.create(set.uri());
        MongoConnection connection =
            new MongoConnection(new MongoSettings(new Secret(set.uri()), "scrabble", "scrabble"))) {
      ChangeStreamSource source = inserts(connection);
      List<Change> events = new CopyOnWriteArrayList<>();
      List<Long> progress = new CopyOnWriteArrayList<>();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      var running =
          source
              .changes(
                  new Position.At(connection.operationTime().block()),
                  (number, token) -> progress.add(number))
              .subscribe(events::add, failure::set);
      await().until(() -> !progress.isEmpty());
      var collection = client.getDatabase("scrabble").getCollection("scrabble", BsonDocument.class);
      collection.insertOne(new BsonDocument("_id", new BsonInt32(1)));
      await().until(() -> events.size() == 1);

      try (Fault cutOff = set.faults().partition(set.faults().primary())) {
        int before = progress.size();
        await().atMost(NOTICED).until(() -> failure.get() != null || progress.size() > before + 1);
      }

      if (failure.get() != null) {
        assertThat(failure.get())
            .isInstanceOfSatisfying(
                PipelineException.class,
                lost -> assertThat(lost.kind()).isEqualTo(FailureKind.TRANSIENT));
      }
      running.dispose();
    }
  }

  /** Before there is a stream that could be watched, the server is asked for its version. */
  @Test
  void aStreamThatIsOpenedAtASilentServerFails() {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("silent").start();
        MongoConnection connection =
            new MongoConnection(new MongoSettings(new Secret(set.uri()), "scrabble", "scrabble"))) {
      ChangeStreamSource source = inserts(connection);
      Position.At now = new Position.At(connection.operationTime().block());
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Long> progress = new CopyOnWriteArrayList<>();

      try (Fault cutOff = set.faults().partition(set.faults().primary())) {
        var running =
            source
                .changes(now, (number, token) -> progress.add(number))
                .subscribe(change -> {}, failure::set);

        await().atMost(NOTICED).until(() -> failure.get() != null || !progress.isEmpty());
        running.dispose();
      }

      if (failure.get() != null) {
        assertThat(failure.get())
            .isInstanceOfSatisfying(
                PipelineException.class,
                lost -> assertThat(lost.kind()).isEqualTo(FailureKind.TRANSIENT));
      }
    }
  }
}
