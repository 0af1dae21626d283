package dev.sluice.mongo;

import com.mongodb.MongoCommandException;
import dev.sluice.change.BsonBytes;
import dev.sluice.change.Namespace;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.config.WrongSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.snapshot.Chunk;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.ChunkRequest;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.ShardKey;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.json.JsonParseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads documents for a snapshot: each chunk is one {@code find} with one reply, so that it is of
 * one moment and leaves no cursor behind. {@link ChunkCommand} has its form.
 */
public final class SnapshotReads implements SnapshotSource {
  /** SnapshotTooOld and SnapshotUnavailable: not at that time, but perhaps at a later one. */
  private static final Set<Integer> NOT_AT_THAT_TIME = Set.of(239, 246);

  /** MaxTimeMSExpired. */
  private static final int OUT_OF_TIME = 50;

  /** The command that gives up what is under way. */
  private static final String WITHOUT_IT = "position drop-snapshot";

  private final MongoConnection connection;
  private final Scope scope;
  private final String match;
  private final boolean keysOnly;

  /**
   * @throws WrongSettings if the condition cannot be read
   */
  public SnapshotReads(
      MongoConnection connection, CaptureSettings capture, SnapshotSettings settings) {
    this.connection = connection;
    this.scope = capture.scope();
    this.keysOnly = !capture.view().hasNewImage();
    this.match = settings.match();
    requireJson(match);
  }

  private static void requireJson(String match) {
    if (match.isEmpty()) {
      return;
    }
    try {
      BsonDocument.parse(match);
    } catch (JsonParseException e) {
      throw WrongSettings.of(
          "SLUICE_SNAPSHOT_MATCH must be a condition in JSON, such as {\"status\": \"open\"}: "
              + e.getMessage());
    }
  }

  @Override
  public Mono<List<KeyRange>> ranges(int readers) {
    return collections()
        .collectList()
        .flatMap(all -> requireReadable(all, match).then(ranges(all, readers)))
        .onErrorMap(this::recognise);
  }

  @Override
  public Mono<List<KeyRange>> ranges(SnapshotRequest request, int readers) {
    Mono<List<KeyRange>> ranges =
        request.ids().isEmpty()
            ? ranges(request.namespaces(), readers)
            : Mono.fromSupplier(request::ranges);
    return requireReadable(request.namespaces(), request.match())
        .then(ranges)
        .onErrorMap(this::recognise);
  }

  /**
   * What cannot be read is to be known before it is begun: what was begun is gone on with, by this
   * process and by the next one.
   */
  private Mono<Void> requireReadable(List<Namespace> all, String condition) {
    return Flux.fromIterable(all).concatMap(each -> probe(each, condition)).then();
  }

  private Mono<Void> probe(Namespace namespace, String condition) {
    return Mono.defer(
            () ->
                Mono.from(
                    connection
                        .client()
                        .getDatabase(namespace.database())
                        .runCommand(ChunkCommand.probe(namespace, condition))))
        .then()
        .onErrorResume(
            MongoCommandException.class,
            refused -> refused.getErrorCode() == OUT_OF_TIME ? Mono.empty() : Mono.error(refused));
  }

  private Mono<List<KeyRange>> ranges(List<Namespace> all, int readers) {
    return all.size() < readers
        ? Flux.fromIterable(all)
            .concatMap(each -> RangeSplit.of(connection, each, readers))
            .collectList()
        : Mono.just(all.stream().map(KeyRange::of).toList());
  }

  @Override
  public Mono<Long> estimate(List<Namespace> collections) {
    return Flux.fromIterable(collections)
        .concatMap(each -> RangeSplit.estimate(connection, each))
        .reduce(0L, Long::sum)
        .onErrorMap(this::recognise);
  }

  /** One that is named is taken as it is; others have to be looked for. */
  private Flux<Namespace> collections() {
    if (scope.included().stream().allMatch(NamespacePattern::isExact)) {
      return Flux.fromIterable(scope.included())
          .map(
              exact ->
                  new Namespace(
                      exact.databaseName().orElseThrow(), exact.collectionName().orElseThrow()))
          .distinct()
          .filter(this::isWatched);
    }
    return databases().concatMap(this::collections);
  }

  private Flux<String> databases() {
    return scope.database().isPresent()
        ? Flux.just(scope.database().get())
        : Flux.defer(() -> connection.client().listDatabaseNames());
  }

  /** Views and time series have no documents of their own. */
  private Flux<Namespace> collections(String database) {
    return Flux.defer(
            () ->
                connection
                    .client()
                    .getDatabase(database)
                    .listCollections(BsonDocument.class)
                    .filter(new BsonDocument("type", new BsonString("collection"))))
        .map(found -> new Namespace(database, found.getString("name").getValue()))
        .filter(this::isWatched);
  }

  private boolean isWatched(Namespace namespace) {
    return scope.contains(namespace.database(), namespace.collection());
  }

  @Override
  public Mono<ChunkReader> open() {
    return Mono.zip(connection.serverVersion(), ShardKeys.of(connection))
        .<ChunkReader>map(
            known ->
                request -> {
                  ShardKey shardKey = known.getT2().of(request.namespace());
                  return (known.getT1().readsAtATime()
                          ? readAtATime(request, shardKey)
                          : readMajority(request, shardKey))
                      .onErrorMap(this::recogniseAmid);
                })
        .onErrorMap(this::recognise);
  }

  private BsonDocument fields(ShardKey shardKey) {
    return keysOnly ? ChunkCommand.keys(shardKey) : ChunkCommand.all();
  }

  /** Of a capped collection there is no history at all: it is read as before MongoDB 5.0. */
  private Mono<Chunk> readAtATime(ChunkRequest request, ShardKey shardKey) {
    BsonDocument fields = fields(shardKey);
    return run(request, ChunkCommand.at(request, fields))
        .onErrorResume(
            SnapshotReads::isNotAtThatTime,
            refused -> run(request, ChunkCommand.notBefore(request, fields)))
        .map(
            reply -> {
              long time = reply.getDocument("cursor").getTimestamp("atClusterTime").getValue();
              return chunk(request, reply, time, time, shardKey);
            })
        .onErrorResume(SnapshotReads::isNotAtThatTime, refused -> readMajority(request, shardKey));
  }

  private static boolean isNotAtThatTime(Throwable failure) {
    return failure instanceof MongoCommandException refused
        && NOT_AT_THAT_TIME.contains(refused.getErrorCode());
  }

  private Mono<Chunk> readMajority(ChunkRequest request, ShardKey shardKey) {
    return run(request, ChunkCommand.majority(request, fields(shardKey)))
        .map(
            reply ->
                chunk(
                    request,
                    reply,
                    request.at(),
                    reply.getTimestamp("operationTime").getValue(),
                    shardKey));
  }

  private Mono<RawBsonDocument> run(ChunkRequest request, BsonDocument command) {
    return Mono.defer(
        () ->
            Mono.from(
                connection
                    .client()
                    .getDatabase(request.namespace().database())
                    .runCommand(command, RawBsonDocument.class)));
  }

  /** The documents stay where they are in the reply. */
  private static Chunk chunk(
      ChunkRequest request, RawBsonDocument reply, long from, long until, ShardKey shardKey) {
    ByteBuffer buffer = reply.getByteBuffer().asNIO();
    byte[] bytes = buffer.array();
    int start = buffer.arrayOffset() + buffer.position();
    int cursor = BsonBytes.find(bytes, start, bytes.length, "cursor");
    int batch = BsonBytes.find(bytes, cursor, bytes.length, "firstBatch");
    int end = BsonBytes.documentEnd(bytes, batch, bytes.length) - 1;
    IntStream.Builder offsets = IntStream.builder();
    int at = batch + Integer.BYTES;
    while (at < end) {
      int document = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
      offsets.add(document);
      at = BsonBytes.skipValue(bytes[at], bytes, document, end);
    }
    return new Chunk(request, bytes, offsets.build().toArray(), from, until, shardKey);
  }

  /** What was begun and is refused for good is refused at each start: that is not to be the end. */
  private RuntimeException recogniseAmid(Throwable failure) {
    PipelineException recognised = PipelineException.of(recognise(failure));
    return recognised.kind() != FailureKind.MISCONFIGURED
            || recognised.getMessage().contains(WITHOUT_IT)
        ? recognised
        : new PipelineException(
            recognised.kind(),
            recognised.getMessage() + "; to go on without the snapshot: sluice " + WITHOUT_IT,
            failure);
  }

  private RuntimeException recognise(Throwable failure) {
    return connection.recognise(failure, Doing.SNAPSHOT);
  }
}
