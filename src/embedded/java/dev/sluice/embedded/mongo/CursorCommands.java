package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** {@code getMore} and {@code killCursors}, and the replies that carry cursors. */
final class CursorCommands {

  /** How long a server waits for a first event when {@code getMore} does not say. */
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(1);

  void register(Map<String, Command> commands) {
    commands.put("getMore", this::getMore);
    commands.put("killCursors", Command.immediate(this::killCursors));
  }

  private CompletionStage<Reply> getMore(Invocation call) {
    if (!(call.body().get("getMore") instanceof Long id)) {
      throw call.wrongType("getMore", call.body().get("getMore"), "long");
    }
    call.text("collection");
    CursorTable cursors = call.node().cursors();
    ServerCursor cursor = cursors.use(id, session(call));
    Duration wait =
        call.body().containsKey("maxTimeMS")
            ? Duration.ofMillis(call.integer("maxTimeMS", 0))
            : DEFAULT_WAIT;
    CompletionStage<ServerCursor.Batch> batch = cursor.next(call.integer("batchSize", 0), wait);
    call.connection().ifAbandoned(() -> kill(cursors, id, batch));
    return batch.handle(
        (found, error) -> {
          if (error != null) {
            cursors.kill(id);
            throw error instanceof CompletionException e ? e : new CompletionException(error);
          }
          cursors.release(id);
          if (cursor.isKilled()) {
            cursors.kill(id);
          }
          long shownId = cursor.isExhausted() ? 0 : id;
          return reply("nextBatch", found, shownId, cursor);
        });
  }

  /** A client that went away while its {@code getMore} waited will not ask again. */
  private static void kill(
      CursorTable cursors, long id, CompletionStage<ServerCursor.Batch> batch) {
    CompletableFuture<ServerCursor.Batch> waiting = batch.toCompletableFuture();
    if (!waiting.isDone()) {
      cursors.kill(id);
    }
  }

  private Document killCursors(Invocation call) {
    List<Object> killed = new ArrayList<>();
    List<Object> notFound = new ArrayList<>();
    for (Object value : call.list("cursors")) {
      if (!(value instanceof Long id)) {
        throw call.wrongType("cursors.0", value, "long");
      }
      (call.node().cursors().interrupt(id) ? killed : notFound).add(id);
    }
    return new Document("cursorsKilled", killed)
        .append("cursorsNotFound", notFound)
        .append("cursorsAlive", List.of())
        .append("cursorsUnknown", List.of())
        .append("ok", 1.0);
  }

  /** The reply of a command that opens a cursor: registers it unless the first batch is all. */
  static Reply open(
      Invocation call, ServerCursor cursor, ServerCursor.Batch first, boolean single) {
    boolean done = single || cursor.isExhausted();
    long id = done ? 0 : call.node().cursors().add(cursor, session(call));
    return reply("firstBatch", first, id, cursor);
  }

  private static Object session(Invocation call) {
    return call.body().get("lsid") instanceof Document lsid ? lsid.get("id") : null;
  }

  private static Reply reply(String batchName, ServerCursor.Batch batch, long id, ServerCursor of) {
    int bytes = batch.documents().stream().mapToInt(RawDocument::size).sum();
    BsonWriter writer = new BsonWriter(512 + bytes + 10 * batch.documents().size());
    int start = writer.startDocument();
    int cursor = writer.startField(BsonType.DOCUMENT, "cursor");
    writer.writeField(batchName, batch.documents());
    if (batch.postBatchToken() != null) {
      writer.writeField("postBatchResumeToken", batch.postBatchToken().document());
    }
    of.readAt().ifPresent(time -> writer.writeField("atClusterTime", time.timestamp()));
    writer.writeField("id", id);
    writer.writeField("ns", of.namespace());
    writer.endDocument(cursor);
    writer.writeField("ok", 1.0);
    writer.endDocument(start);
    return new Reply(new RawDocument(writer.toByteArray()), false, false);
  }
}
