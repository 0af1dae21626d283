package dev.sluice.mongo;

import com.mongodb.ServerAddress;
import com.mongodb.connection.ServerType;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import com.mongodb.event.ServerHeartbeatFailedEvent;
import com.mongodb.event.ServerMonitorListener;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * Watches our change streams from beside the driver: reads the post-batch resume tokens out of
 * their replies, and ends those that wait for a server that does not answer any more.
 *
 * <p>The server puts one into every reply, empty ones as well (manual: Change Streams; drivers'
 * change-streams specification). It moves on with the whole cluster's writes, and with it the
 * position of a collection in which nothing happens. The reactive driver uses it and does not show
 * it, so it is read here, beside the driver: a command listener hears of a reply before the cursor
 * does, on the same thread. docs/decisions/0003 has the alternatives.
 *
 * <p>It also sees to it that no stream waits for ever. The driver reads without a time-out, as a
 * server may take long to go through its log, and it leaves the connections in use alone when its
 * monitor finds that their server does not answer: a server that is cut off without a word would be
 * waited for until TCP gives up, after hours. So a failed heartbeat ends the streams that have
 * waited for that server longer than an idle one lets wait.
 *
 * <p>A stream is told from others by the comment of its {@code aggregate}, and then by its cursor.
 * Called on the driver's I/O and monitoring threads; thread-safe.
 */
final class StreamWatch implements CommandListener, ServerMonitorListener {
  /**
   * Several times what an idle server takes to answer, and less than what the monitor takes to call
   * a server silent, which is 10 s at the least.
   */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String FIRST = "firstBatch";

  private record Question(ServerAddress server, long nanos) {}

  /** One change stream, over all the cursors that the driver opens for it one after the other. */
  private static final class Stream {
    private final Progress progress;
    private final Runnable unanswered;
    private volatile Question open;
    private long events;

    /** Whether no fragments of an event are still to come; an empty reply does not change that. */
    private boolean whole = true;

    /** Of the reply to the command that opened the cursor. */
    private BsonDocument opening;

    private long cursor;
    private volatile boolean forgotten;

    Stream(Progress progress, Runnable unanswered) {
      this.progress = progress;
      this.unanswered = unanswered;
    }

    private void endIfItWaitsFor(ServerAddress silent) {
      Question asked = open;
      if (asked != null
          && asked.server().equals(silent)
          && System.nanoTime() - asked.nanos() > PATIENCE_NANOS) {
        unanswered.run();
      }
    }

    private void replied(BsonDocument reply, String batch, ServerType server) {
      cursor = reply.getNumber("id").longValue();
      long before = events;
      for (BsonValue event : reply.getArray(batch)) {
        whole = !SplitEvents.isFollowed(event.asDocument());
        events += whole ? 1 : 0;
      }
      // In the middle of an event nothing can be resumed that makes sense.
      if (whole && reply.containsKey("postBatchResumeToken")) {
        BsonDocument token = reply.getDocument("postBatchResumeToken");
        boolean opens = batch.equals(FIRST);
        opening = opens ? token : opening;
        if (!opens && events == before && isOfItsLog(server) && !token.equals(opening)) {
          progress.passed(events, ResumeToken.of(token));
        } else {
          progress.reached(events, ResumeToken.of(token));
        }
      }
    }

    /**
     * Whether a token that has moved on without an event is that of the newest entry of the log
     * which the server has looked at, and with which it is through: no other entry has its time.
     * (mongo/src/mongo/db/pipeline/plan_executor_pipeline.cpp, before 4.4
     * db/exec/change_stream_proxy.cpp.) A router's is what its shards promise: nothing before it.
     * The one that a stream was opened with has been looked up nowhere.
     */
    private static boolean isOfItsLog(ServerType server) {
      return server == ServerType.REPLICA_SET_PRIMARY || server == ServerType.REPLICA_SET_SECONDARY;
    }
  }

  private final Map<String, Stream> byComment = new ConcurrentHashMap<>();
  private final Map<Integer, Stream> byRequest = new ConcurrentHashMap<>();
  private final Map<Long, Stream> byCursor = new ConcurrentHashMap<>();

  /**
   * From now on tells {@code progress} of the stream whose {@code aggregate} has this comment.
   *
   * @param unanswered told, perhaps more than once, when it waits for a server that does not answer
   */
  void follow(String comment, Progress progress, Runnable unanswered) {
    byComment.put(comment, new Stream(progress, unanswered));
  }

  void forget(String comment) {
    Stream stream = byComment.remove(comment);
    if (stream != null) {
      stream.forgotten = true;
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
      stream.open =
          new Question(event.getConnectionDescription().getServerAddress(), System.nanoTime());
    }
  }

  @Override
  public void commandSucceeded(CommandSucceededEvent event) {
    Stream stream = byRequest.remove(event.getRequestId());
    if (stream == null) {
      return;
    }
    stream.open = null;
    byCursor.remove(stream.cursor);
    stream.replied(
        event.getResponse().getDocument("cursor"),
        event.getCommandName().equals("getMore") ? "nextBatch" : FIRST,
        event.getConnectionDescription().getServerType());
    byCursor.put(stream.cursor, stream);
    if (stream.forgotten) {
      byCursor.remove(stream.cursor);
    }
  }

  @Override
  public void commandFailed(CommandFailedEvent event) {
    Stream stream = byRequest.remove(event.getRequestId());
    if (stream != null) {
      stream.open = null;
    }
  }

  @Override
  public void serverHeartbeatFailed(ServerHeartbeatFailedEvent event) {
    ServerAddress silent = event.getConnectionId().getServerId().getAddress();
    byComment.values().forEach(stream -> stream.endIfItWaitsFor(silent));
  }
}
