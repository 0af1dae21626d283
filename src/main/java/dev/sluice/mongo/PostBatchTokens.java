package dev.sluice.mongo;

import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;

/**
 * Reads the post-batch resume tokens out of the replies to our change streams.
 *
 * <p>The server puts one into every reply, empty ones as well (manual: Change Streams; drivers'
 * change-streams specification). It moves on with the whole cluster's writes, and with it the
 * position of a collection in which nothing happens. The reactive driver uses it and does not show
 * it, so it is read here, beside the driver: a command listener hears of a reply before the cursor
 * does, on the same thread. docs/decisions/0003 has the alternatives.
 *
 * <p>A stream is told from others by the comment of its {@code aggregate}, and then by its cursor.
 * Called on the driver's I/O threads; thread-safe.
 */
final class PostBatchTokens implements CommandListener {
  /** One change stream, over all the cursors that the driver opens for it one after the other. */
  private static final class Stream {
    private final Progress progress;
    private long events;
    private long cursor;

    Stream(Progress progress) {
      this.progress = progress;
    }

    private void replied(BsonDocument reply, String batch) {
      cursor = reply.getNumber("id").longValue();
      events += reply.getArray(batch).size();
      if (reply.containsKey("postBatchResumeToken")) {
        progress.reached(events, ResumeToken.of(reply.getDocument("postBatchResumeToken")));
      }
    }
  }

  private final Map<String, Stream> byComment = new ConcurrentHashMap<>();
  private final Map<Integer, Stream> byRequest = new ConcurrentHashMap<>();
  private final Map<Long, Stream> byCursor = new ConcurrentHashMap<>();

  /** From now on tells {@code progress} of the stream whose {@code aggregate} has this comment. */
  void follow(String comment, Progress progress) {
    byComment.put(comment, new Stream(progress));
  }

  void forget(String comment) {
    Stream stream = byComment.remove(comment);
    if (stream != null) {
      byRequest.values().remove(stream);
      byCursor.values().remove(stream);
    }
  }

  @Override
  public void commandStarted(CommandStartedEvent event) {
    Stream stream =
        switch (event.getCommandName()) {
          case "aggregate" ->
              event.getCommand().isString("comment")
                  ? byComment.get(event.getCommand().getString("comment").getValue())
                  : null;
          case "getMore" -> byCursor.get(event.getCommand().getInt64("getMore").getValue());
          default -> null;
        };
    if (stream != null) {
      byRequest.put(event.getRequestId(), stream);
    }
  }

  @Override
  public void commandSucceeded(CommandSucceededEvent event) {
    Stream stream = byRequest.remove(event.getRequestId());
    if (stream == null) {
      return;
    }
    byCursor.remove(stream.cursor);
    stream.replied(
        event.getResponse().getDocument("cursor"),
        event.getCommandName().equals("getMore") ? "nextBatch" : "firstBatch");
    byCursor.put(stream.cursor, stream);
  }

  @Override
  public void commandFailed(CommandFailedEvent event) {
    byRequest.remove(event.getRequestId());
  }
}
