package dev.sluice.inserter;

import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.mongo.MongoConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;

/** Carries out an {@link InsertPlan}, every write acknowledged by a majority. */
public final class Inserter {
  /** Where one insert is as good as the other they travel together. */
  private static final int BATCH = 500;

  private final MongoConnection connection;
  private final Scheduler timer;
  private final RepeatedWrites repeated;

  public Inserter(MongoConnection connection, Scheduler timer) {
    this.connection = connection;
    this.timer = timer;
    this.repeated = new RepeatedWrites(connection, timer);
  }

  /**
   * Writes once, one write after the other, and emits each once it is acknowledged; fails with the
   * first that is not, a minute of elections waited out. Cold.
   */
  public Flux<Write> write(InsertPlan plan) {
    return Flux.defer(() -> batch(plan, plays(plan)))
        .takeUntilOther(end(plan))
        .onErrorMap(connection::recognise);
  }

  /** Writes again and again, and emits what was acknowledged at each tick. Cold. */
  public Flux<List<Write>> writeInTicks(InsertPlan plan) {
    return Flux.defer(
            () -> {
              ScrabblePlays plays = plays(plan);
              return Flux.interval(Duration.ZERO, plan.every().orElseThrow(), timer)
                  .onBackpressureDrop()
                  .concatMap(tick -> batch(plan, plays).collectList(), 1);
            })
        .takeUntilOther(end(plan))
        .onErrorMap(connection::recognise);
  }

  private static ScrabblePlays plays(InsertPlan plan) {
    return new ScrabblePlays(plan.seed(), plan.mix(), plan.sizeBytes());
  }

  private Mono<Long> end(InsertPlan plan) {
    return plan.duration().map(duration -> Mono.delay(duration, timer)).orElse(Mono.never());
  }

  /** How many of these documents are there. */
  public Mono<Long> count(String collection, List<Write> writes) {
    return Mono.from(collection(collection).countDocuments(ids(writes)))
        .onErrorMap(connection::recognise);
  }

  private Flux<Write> batch(InsertPlan plan, ScrabblePlays plays) {
    MongoCollection<BsonDocument> collection = collection(plan.collection());
    Flux<Write> writes =
        Flux.generate((SynchronousSink<Write> sink) -> sink.next(plays.next())).take(plan.count());
    if (plan.ratePerSecond() > 0) {
      return paced(writes, plan.ratePerSecond()).concatMap(write -> one(collection, write), 1);
    }
    return plan.mix().isInsertsOnly()
        ? writes.buffer(BATCH).concatMap(some -> many(collection, some), 1)
        : writes.concatMap(write -> one(collection, write), 1);
  }

  /** The n-th write waits for its own moment, so that one late write delays no other. */
  private Flux<Write> paced(Flux<Write> writes, double perSecond) {
    return Flux.defer(
        () -> {
          long began = timer.now(TimeUnit.NANOSECONDS);
          return writes
              .index()
              .concatMap(
                  indexed -> {
                    long due = began + (long) (indexed.getT1() * 1e9 / perSecond);
                    long wait = due - timer.now(TimeUnit.NANOSECONDS);
                    return wait <= 0
                        ? Mono.just(indexed.getT2())
                        : Mono.delay(Duration.ofNanos(wait), timer).thenReturn(indexed.getT2());
                  },
                  1);
        });
  }

  /** Unordered, so that one of them that is there already keeps back none of the others. */
  private Flux<Write> many(MongoCollection<BsonDocument> collection, List<Write> inserts) {
    List<BsonDocument> documents = inserts.stream().map(Write::document).toList();
    return repeated
        .acknowledged(
            () -> collection.insertMany(documents, new InsertManyOptions().ordered(false)),
            () -> areThere(collection, inserts))
        .thenMany(Flux.fromIterable(inserts));
  }

  private Mono<Write> one(MongoCollection<BsonDocument> collection, Write write) {
    Bson id = Filters.eq("_id", write.id());
    return repeated
        .acknowledged(
            () ->
                switch (write.kind()) {
                  // Of a batch, also of one, the driver tells both: a duplicate, and no majority.
                  case INSERT -> collection.insertMany(List.of(write.document()));
                  case UPDATE ->
                      collection.updateOne(id, new BsonDocument("$set", write.document()));
                  case REPLACE -> collection.replaceOne(id, write.document());
                  case DELETE -> collection.deleteOne(id);
                },
            () -> areThere(collection, List.of(write)))
        .thenReturn(write);
  }

  private static Mono<Boolean> areThere(
      MongoCollection<BsonDocument> collection, List<Write> writes) {
    return Mono.from(collection.countDocuments(ids(writes))).map(found -> found == writes.size());
  }

  private static Bson ids(List<Write> writes) {
    return Filters.in("_id", writes.stream().map(Write::id).toList());
  }

  private MongoCollection<BsonDocument> collection(String name) {
    return connection
        .client()
        .getDatabase(connection.settings().database())
        .getCollection(name, BsonDocument.class)
        .withWriteConcern(WriteConcern.MAJORITY);
  }
}
