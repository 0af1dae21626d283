package dev.sluice.bench;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.ChangeStreamPreAndPostImagesOptions;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOneModel;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The inserts or changes that all contenders carry, again and again from the same position: written
 * once, and before each run the contender's saved position is put back to where it was before them.
 */
final class Backlog implements AutoCloseable {
  /** One insertMany: below MongoDB's 48 MB by far, and not a round trip for each document. */
  private static final int BATCH_BYTES = 4 << 20;

  private static final int BATCH = 1_000;

  private final BenchServers servers;
  private final Site site;
  private final Load load;
  private BsonTimestamp from;
  private List<BsonDocument> positions = List.of();
  private Optional<DebeziumServer> debezium = Optional.empty();
  private double averageBytes;

  Backlog(BenchServers servers, Site site, Load load) {
    this.servers = servers;
    this.site = site;
    this.load = load;
  }

  /** Has those who keep a position save one, then writes. */
  static Backlog write(
      BenchServers servers, Load load, Launcher launcher, Optional<DebeziumServer> debezium)
      throws IOException, InterruptedException {
    Backlog backlog = new Backlog(servers, new Site(servers), load);
    servers
        .client()
        .getDatabase(backlog.site.database())
        .createCollection(
            Site.COLLECTION,
            new CreateCollectionOptions()
                .changeStreamPreAndPostImagesOptions(
                    new ChangeStreamPreAndPostImagesOptions(load.wantsImages())));
    backlog.insertHot();
    if (debezium.isPresent()) {
      debezium.get().savePosition(backlog.site);
      backlog.debezium = debezium;
    }
    backlog.saveSluicesPosition(launcher);
    backlog.from = servers.now();
    backlog.insert();
    return backlog;
  }

  private void saveSluicesPosition(Launcher launcher) throws IOException {
    try (Lane lane = new Lane(servers.rabbit(), "classic")) {
      List<SluiceProcess> processes = launcher.positioned(site, lane, load);
      try {
        for (SluiceProcess process : processes) {
          process.awaitStreaming();
          if (process.terminate() != 0) {
            throw new IllegalStateException("Sluice did not stop in order:\n" + process.log());
          }
        }
      } finally {
        processes.forEach(SluiceProcess::close);
      }
    }
    positions = checkpoints().find(ofThisSite()).into(new ArrayList<>());
  }

  /** The position of the pipeline, or those of its partitions. */
  private Bson ofThisSite() {
    return Filters.regex("_id", "^" + site.pipeline());
  }

  private MongoCollection<BsonDocument> checkpoints() {
    return servers.client().getDatabase("sluice").getCollection("checkpoints", BsonDocument.class);
  }

  private void insert() {
    // The position is behind the last thing that happened, which must not be of this collection.
    servers.client().getDatabase(site.database()).getCollection("other").insertOne(new Document());
    from = servers.now();
    MongoCollection<BsonDocument> collection = collection();
    BenchDocuments documents = new BenchDocuments(load.sizeBytes());
    int batch = Math.max(1, Math.min(BATCH, BATCH_BYTES / load.sizeBytes()));
    long bytes = 0;
    for (int first = 0; first < load.events(); first += batch) {
      List<BsonDocument> some = new ArrayList<>(batch);
      for (int i = first; i < Math.min(load.events(), first + batch); i++) {
        some.add(documents.next(i));
      }
      bytes += (long) BenchDocuments.sizeOf(some.get(0)) * some.size();
      if (load.documents() == 0) {
        collection.insertMany(some);
      } else {
        collection.bulkWrite(replacing(some, first));
      }
    }
    averageBytes = (double) bytes / load.events();
  }

  /** The documents that the events change again and again; their inserts are not carried. */
  private void insertHot() {
    for (int i = 0; i < load.documents(); i++) {
      collection().insertOne(new BsonDocument("_id", new BsonInt32(i)));
    }
  }

  private List<ReplaceOneModel<BsonDocument>> replacing(List<BsonDocument> documents, int first) {
    List<ReplaceOneModel<BsonDocument>> replaces = new ArrayList<>(documents.size());
    for (int i = 0; i < documents.size(); i++) {
      BsonInt32 id = new BsonInt32((first + i) % load.documents());
      replaces.add(
          new ReplaceOneModel<>(Filters.eq("_id", id), documents.get(i).append("_id", id)));
    }
    return replaces;
  }

  private MongoCollection<BsonDocument> collection() {
    return servers
        .client()
        .getDatabase(site.database())
        .getCollection(Site.COLLECTION, BsonDocument.class);
  }

  /** Puts the contender's saved position back before the backlog, if it saves any. */
  void rewind(Contender contender) throws IOException {
    if (contender.isSluice()) {
      checkpoints().deleteMany(ofThisSite());
      checkpoints().insertMany(positions);
    }
    if (contender == Contender.DEBEZIUM && debezium.isPresent()) {
      debezium.get().rewind(site);
    }
  }

  Site site() {
    return site;
  }

  /** Where the change stream begins for those who keep no position. */
  BsonTimestamp from() {
    return from;
  }

  /** What a document has in fact, sampled from each batch. */
  double averageBytes() {
    return averageBytes;
  }

  @Override
  public void close() {
    servers.client().getDatabase(site.database()).drop();
    checkpoints().deleteMany(ofThisSite());
  }
}
