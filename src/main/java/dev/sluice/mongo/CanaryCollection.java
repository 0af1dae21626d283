package dev.sluice.mongo;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Operation;
import dev.sluice.change.Position;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.Partition;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonString;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A collection for one document, in the database {@code sluice}, which no pipeline captures; the
 * document is seen by a change stream as a pipeline has it. To be used once.
 */
public final class CanaryCollection {
  private static final String DATABASE = "sluice";

  /** Less than a check may take, so that there is time left to clean up. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final MongoConnection connection;
  private final CaptureSettings capture;
  private final Clock clock;
  private final Scheduler timer;
  private final String name = "canary_" + UUID.randomUUID();

  public CanaryCollection(MongoConnection connection, Clock clock, Scheduler timer) {
    this.connection = connection;
    this.clock = clock;
    this.timer = timer;
    this.capture =
        new CaptureSettings(
            "sluice-canary",
            Partition.WHOLE,
            scope(),
            Set.of("insert", "update", "replace", "delete"),
            false,
            "",
            "",
            View.NEW_IMAGE,
            false,
            true,
            1,
            false);
  }

  /** This collection alone. */
  public Scope scope() {
    return Scope.of(DATABASE, name);
  }

  /**
   * Writes the document, hands its change on, and drops the collection, whatever became of it.
   * Cold. Fails with a {@link dev.sluice.pipeline.PipelineException}.
   */
  public <T> Mono<T> write(Function<Change, Mono<T>> carry) {
    return Mono.usingWhen(
            Mono.fromSupplier(this::collection),
            collection -> change(collection).flatMap(carry).timeout(LIMIT, timer),
            collection -> collection.drop())
        .onErrorMap(connection::recognise);
  }

  private Mono<Change> change(MongoCollection<BsonDocument> collection) {
    ChangeStreamSource source = new ChangeStreamSource(connection, capture, clock);
    BsonDocument document = new BsonDocument("sluice", new BsonString("doctor --canary"));
    return source
        .now()
        .flatMap(
            time ->
                Mono.from(collection.insertOne(document))
                    .thenMany(source.changes(new Position.At(time), (events, token) -> {}))
                    .filter(CanaryCollection::isInsert)
                    .next());
  }

  private static boolean isInsert(Change change) {
    return change instanceof ChangeEvent event && event.operation() == Operation.INSERT;
  }

  private MongoCollection<BsonDocument> collection() {
    return connection.client().getDatabase(DATABASE).getCollection(name, BsonDocument.class);
  }
}
