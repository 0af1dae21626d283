package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputIT {

  private static final int PATIENCE_MS = 3000;

  private EmbeddedReplicaSet set;
  private MongoClient client;

  @BeforeEach
  void start() {
    set = EmbeddedReplicaSet.builder().name("bad-input").start();
    client = MongoClients.create(set.uri());
  }

  @AfterEach
  void stop() {
    client.close();
    set.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), set.ports().get(0));
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static byte[] message(int length, int opCode, byte[] rest) {
    return ByteBuffer.allocate(16 + rest.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .putInt(1)
        .putInt(0)
        .putInt(opCode)
        .put(rest)
        .array();
  }

  /** Whether the server ends the connection, with or without an answer before. */
  private boolean isClosedAfter(byte[] bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {
        // an answer may come first
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  @Test
  void whatIsNoMessageEndsTheConnection() throws IOException {
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    noise[3] = 0x7F;
    byte[] flagsOnly = new byte[4];
    byte[] brokenBody = {0, 0, 0, 0, 0, 9, 0, 0, 0, 2, 'a', 0, 9, 9, 9, 9};

    assertThat(isClosedAfter(noise)).isTrue();
    assertThat(isClosedAfter(message(3, 2013, new byte[0]))).isTrue();
    assertThat(isClosedAfter(message(Integer.MAX_VALUE, 2013, new byte[0]))).isTrue();
    assertThat(isClosedAfter(message(-1, 2013, new byte[0]))).isTrue();
    assertThat(isClosedAfter(message(20, 4711, flagsOnly))).isTrue();
    assertThat(isClosedAfter(message(20, 2013, flagsOnly))).isTrue();
    assertThat(isClosedAfter(message(32, 2013, brokenBody))).isTrue();
    assertThat(isClosedAfter("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes())).isTrue();
    client.getDatabase("admin").runCommand(new Document("ping", 1));
  }

  @Test
  void aTruncatedMessageIsForgottenWithItsConnection() throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(message(1000, 2013, new byte[10]));
    }
    client.getDatabase("admin").runCommand(new Document("ping", 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "59 | {nope: 1}",
        "73 | {insert: 1, documents: [{}]}",
        "73 | {insert: '', documents: [{}]}",
        "40414 | {insert: 'c'}",
        "14 | {insert: 'c', documents: [1]}",
        "16 | {insert: 'c', documents: []}",
        "14 | {find: 'c', filter: 'text'}",
        "14 | {find: 'c', limit: 'text'}",
        "2 | {find: 'c', filter: {$nope: 1}}",
        "14 | {aggregate: 'c', pipeline: 1, cursor: {}}",
        "40324 | {aggregate: 'c', pipeline: [{$nope: 1}], cursor: {}}",
        "14 | {getMore: 'x', collection: 'c'}",
        "43 | {getMore: {$numberLong: '4711'}, collection: 'c'}",
        "14 | {killCursors: 'c', cursors: 'x'}",
        "26 | {listIndexes: 'none'}",
        "73 | {renameCollection: 'x', to: 'y'}",
        "9 | {findAndModify: 'c'}",
        "224 | {findAndModify: 'c', query: {$or: [{$expr: {$eq: ['$x', 1]}}]}, update: {},"
            + " upsert: true}",
        "14 | {distinct: 'c', key: 1}",
        "40415 | {aggregate: 'c', pipeline: [{$changeStream: {nope: 1}}], cursor: {}}",
        "40674 | {aggregate: 'c', pipeline: [{$changeStream: {resumeAfter: {_data: '82'},"
            + " startAfter: {_data: '82'}}}], cursor: {}}",
        "9 | {aggregate: 'c', pipeline: [{$changeStream: {resumeAfter: {_data: '82'}}}],"
            + " cursor: {}}",
        "2 | {aggregate: 'c', pipeline: [{$changeStream: {fullDocument: 'x'}}], cursor: {}}",
      })
  void aWrongCommandIsAnErrorOfTheServer(int code, String command) {
    client.getDatabase("it").getCollection("c").insertOne(new Document("x", 1));

    assertThatExceptionOfType(MongoCommandException.class)
        .isThrownBy(() -> client.getDatabase("it").runCommand(BsonDocument.parse(command)))
        .satisfies(error -> assertThat(error.getErrorCode()).isEqualTo(code));
  }

  @Test
  void twoHundredIdleConnectionsDisturbNobodyAndAreForgotten() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        sockets.add(connect());
      }
      client.getDatabase("it").getCollection("c").insertOne(new Document("x", 1));
      assertThat(connections()).isGreaterThanOrEqualTo(200);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> connections() < 50);
  }

  private int connections() {
    return client
        .getDatabase("admin")
        .runCommand(new Document("serverStatus", 1))
        .get("connections", Document.class)
        .getInteger("current");
  }

  @Test
  void aLostConnectionTakesItsWaitingCursorAlong() {
    client.getDatabase("it").getCollection("words").insertOne(new Document());
    RawChangeStream stream = RawChangeStream.ofCollection(client, "it", "words", "{}");
    CompletableFuture<BsonDocument> waiting =
        CompletableFuture.supplyAsync(() -> stream.getMore(20_000));
    Awaitility.await().pollDelay(Duration.ofMillis(200)).until(() -> openCursors() == 1);

    set.faults().dropConnections();

    assertThat(waiting).failsWithin(Duration.ofSeconds(5));
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .ignoreExceptions()
        .until(() -> openCursors() == 0);
  }

  private long openCursors() {
    return client
        .getDatabase("admin")
        .runCommand(new Document("serverStatus", 1))
        .getEmbedded(List.of("metrics", "cursor", "open", "total"), Long.class);
  }
}
