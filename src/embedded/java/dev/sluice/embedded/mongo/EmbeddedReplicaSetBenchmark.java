package dev.sluice.embedded.mongo;

import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.reactivestreams.client.MongoClient;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import reactor.core.publisher.Flux;

/**
 * Measures whether the embedded set could be the bottleneck of a test: inserts by {@code
 * insertMany}, and events through one change stream with the reactive driver.
 *
 * <p>Client and servers share the process and its cores. Arguments: number of documents (300000),
 * rounds (3), and optionally a data directory.
 */
public final class EmbeddedReplicaSetBenchmark {

  private static final int BATCH = 1000;

  private final PrintStream out;
  private final int documents;

  private EmbeddedReplicaSetBenchmark(PrintStream out, int documents) {
    this.out = out;
    this.documents = documents;
  }

  public static void main(String[] arguments) {
    int documents = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    EmbeddedReplicaSetBenchmark benchmark = new EmbeddedReplicaSetBenchmark(System.out, documents);
    benchmark.printSetUp();
    for (int round = 1; round <= rounds; round++) {
      EmbeddedReplicaSet.Builder builder = EmbeddedReplicaSet.builder().name("benchmark");
      if (arguments.length > 2) {
        builder.dataDirectory(Path.of(arguments[2], "round-" + round));
      }
      try (EmbeddedReplicaSet set = builder.start()) {
        benchmark.run(round, set.uri());
      }
    }
  }

  private void printSetUp() {
    out.printf(
        Locale.ROOT,
        "cores=%d heap_mb=%d java=%s documents=%d batch=%d document_bytes=%d%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        Runtime.version(),
        documents,
        BATCH,
        new RawBsonDocument(document(0), new BsonDocumentCodec()).getByteBuffer().remaining());
  }

  private static BsonDocument document(int i) {
    return new BsonDocument("_id", new BsonInt32(i))
        .append("word", new BsonString("QUIZ" + i % 1000))
        .append("score", new BsonInt32(i % 300))
        .append("player", new BsonString("player-" + i % 50))
        .append("playedAt", new BsonDateTime(1_795_000_000_000L + i));
  }

  private void run(int round, String uri) {
    BsonTimestamp start;
    double inserts;
    try (com.mongodb.client.MongoClient client = MongoClients.create(uri)) {
      start =
          client
              .getDatabase("admin")
              .runCommand(new Document("ping", 1), BsonDocument.class)
              .getTimestamp("operationTime");
      inserts = insertAll(client.getDatabase("bench").getCollection("plays", BsonDocument.class));
    }
    double plain = streamAll(uri, start, List.of(), FullDocument.DEFAULT);
    double matched =
        streamAll(
            uri,
            start,
            List.of(Document.parse("{$match: {operationType: {$in: ['insert', 'update']}}}")),
            FullDocument.UPDATE_LOOKUP);
    out.printf(
        Locale.ROOT,
        "round=%d inserts_per_s=%.0f events_per_s=%.0f events_per_s_with_match=%.0f%n",
        round,
        inserts,
        plain,
        matched);
  }

  private double insertAll(MongoCollection<BsonDocument> collection) {
    long begin = System.nanoTime();
    InsertManyOptions options = new InsertManyOptions();
    for (int from = 0; from < documents; from += BATCH) {
      List<BsonDocument> batch = new ArrayList<>(BATCH);
      IntStream.range(from, from + BATCH).forEach(i -> batch.add(document(i)));
      collection.insertMany(batch, options);
    }
    return perSecond(begin);
  }

  private double streamAll(
      String uri, BsonTimestamp start, List<Document> stages, FullDocument fullDocument) {
    try (MongoClient client = com.mongodb.reactivestreams.client.MongoClients.create(uri)) {
      long begin = System.nanoTime();
      Long count =
          Flux.from(
                  client
                      .getDatabase("bench")
                      .getCollection("plays")
                      .watch(stages)
                      .startAtOperationTime(start)
                      .fullDocument(fullDocument)
                      .batchSize(BATCH)
                      .withDocumentClass(RawBsonDocument.class))
              .take(documents)
              .count()
              .block(Duration.ofMinutes(2));
      if (count == null || count != documents) {
        throw new IllegalStateException("stream ended after " + count + " events");
      }
      return perSecond(begin);
    }
  }

  private double perSecond(long begin) {
    return documents / ((System.nanoTime() - begin) / 1e9);
  }
}
