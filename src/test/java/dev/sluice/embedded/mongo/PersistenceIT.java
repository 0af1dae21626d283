package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import java.nio.file.Path;
import java.util.ArrayList;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistenceIT {

  @TempDir private Path directory;

  private EmbeddedReplicaSet start() {
    return EmbeddedReplicaSet.builder().name("kept").dataDirectory(directory).start();
  }

  private static MongoCollection<Document> words(MongoClient client) {
    return client.getDatabase("it").getCollection("words");
  }

  @Test
  void documentsIndexesAndTokensOutliveAStop() {
    BsonDocument token;
    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri())) {
      MongoCollection<Document> words = words(client);
      words.createIndex(Indexes.ascending("word"), new IndexOptions().unique(true));
      try (var stream = words.watch().cursor()) {
        words.insertOne(new Document("_id", 1).append("word", "QUIZ"));
        token = stream.next().getResumeToken();
      }
      words.insertOne(new Document("_id", 2).append("word", "JAZZ"));
      words.insertOne(new Document("_id", 3).append("word", "OX"));
      words.updateOne(Filters.eq("_id", 2), Updates.set("score", 29));
      words.deleteOne(Filters.eq("_id", 3));
      client.getDatabase("it").getCollection("gone").insertOne(new Document());
      client.getDatabase("it").getCollection("gone").drop();
    }

    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri())) {
      MongoCollection<Document> words = words(client);
      assertThat(words.find().into(new ArrayList<>()))
          .containsExactly(
              new Document("_id", 1).append("word", "QUIZ"),
              new Document("_id", 2).append("word", "JAZZ").append("score", 29));
      assertThat(client.getDatabase("it").listCollectionNames().into(new ArrayList<>()))
          .containsExactly("words");
      assertThatThrownBy(() -> words.insertOne(new Document("word", "QUIZ")))
          .isInstanceOf(MongoWriteException.class);
      words.insertOne(new Document("_id", 4).append("word", "ZAX"));
      try (var stream = words.watch().startAfter(token).cursor()) {
        assertThat(stream.next().getDocumentKey().get("_id").asInt32().getValue()).isEqualTo(2);
        assertThat(stream.next().getDocumentKey().get("_id").asInt32().getValue()).isEqualTo(3);
        assertThat(stream.next().getUpdateDescription().getUpdatedFields())
            .isEqualTo(BsonDocument.parse("{score: 29}"));
        assertThat(stream.next().getOperationType().getValue()).isEqualTo("delete");
        assertThat(stream.next().getFullDocument()).containsEntry("word", "ZAX");
      }
    }
  }

  @Test
  void aDirectoryServesOneSetAtATime() {
    try (EmbeddedReplicaSet set = start()) {
      assertThat(set.ports()).hasSize(3);
      assertThatThrownBy(this::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(directory.toString());
    }
    start().close();
  }

  @Test
  void aTransactionAndARenameAreKept() {
    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri());
        var session = client.startSession()) {
      words(client).insertOne(new Document("_id", 0));
      session.startTransaction();
      words(client).insertOne(session, new Document("_id", 1));
      words(client).updateOne(session, Filters.eq("_id", 0), Updates.set("v", 1));
      session.commitTransaction();
      words(client).renameCollection(new com.mongodb.MongoNamespace("it", "renamed"));
    }

    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri())) {
      assertThat(client.getDatabase("it").getCollection("renamed").find().into(new ArrayList<>()))
          .containsExactly(new Document("_id", 0).append("v", 1), new Document("_id", 1));
    }
  }

  @Test
  void aLogThatWasOverrunStaysSo() {
    BsonDocument token;
    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri())) {
      try (var stream = words(client).watch().cursor()) {
        words(client).insertOne(new Document("_id", 1));
        token = stream.next().getResumeToken();
      }
      set.faults().rollOplog();
    }

    try (EmbeddedReplicaSet set = start();
        MongoClient client = MongoClients.create(set.uri())) {
      assertThatThrownBy(() -> words(client).watch().startAfter(token).cursor())
          .isInstanceOfSatisfying(
              MongoCommandException.class,
              error -> assertThat(error.getErrorCode()).isEqualTo(286));
    }
  }
}
