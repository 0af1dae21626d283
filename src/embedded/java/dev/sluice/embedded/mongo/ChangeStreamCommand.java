package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** Opens change streams: an {@code aggregate} whose first stage is {@code $changeStream}. */
final class ChangeStreamCommand {

  private static final int DEFAULT_FIRST_BATCH = 101;

  private final Storage storage;
  private final ServerVersion version;
  private final FaultBoard faults;
  private final Executor workers;
  private final ScheduledExecutorService timer;

  ChangeStreamCommand(
      Storage storage,
      ServerVersion version,
      FaultBoard faults,
      Executor workers,
      ScheduledExecutorService timer) {
    this.storage = storage;
    this.version = version;
    this.faults = faults;
    this.workers = workers;
    this.timer = timer;
  }

  static boolean opensStream(List<Document> pipeline) {
    return !pipeline.isEmpty() && pipeline.get(0).containsKey("$changeStream");
  }

  Reply open(Invocation call, List<Document> pipeline) {
    if (!(pipeline.get(0).get("$changeStream") instanceof Document options)) {
      throw ServerError.location(50808, "$changeStream stage expects a document as argument.");
    }
    List<Document> stages = new ArrayList<>(pipeline.subList(1, pipeline.size()));
    boolean split = takeSplitStage(stages);
    ChangeStreamSpec spec = ChangeStreamSpec.parse(options, version, split);
    EventPipeline events = EventPipeline.parse(stages, version);
    EventRenderer renderer = new EventRenderer(storage, version, spec);
    ChangeStreamScope scope = scope(call, options);
    Start start = start(spec, renderer);
    EventSource source =
        new EventSource(
            renderer, events, spec, version.resumeTokenVersion(), start.fragmentsSeen());
    ChangeStreamCursor cursor =
        new ChangeStreamCursor(storage.oplog(), scope, source, start.origin(), workers, timer);
    Document cursorOptions = call.document("cursor", new Document());
    int batchSize =
        cursorOptions.get("batchSize") instanceof Number number
            ? number.intValue()
            : DEFAULT_FIRST_BATCH;
    ServerCursor.Batch first = batchSize == 0 ? cursor.emptyBatch() : cursor.firstBatch(batchSize);
    return CursorCommands.open(call, cursor, first, false);
  }

  private ChangeStreamScope scope(Invocation call, Document options) {
    boolean allChanges = Boolean.TRUE.equals(options.get("allChangesForCluster"));
    Object target = call.body().get("aggregate");
    if (allChanges) {
      if (!call.database().equals("admin") || target instanceof String) {
        throw new ServerError(
            72,
            "InvalidOptions",
            "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin'"
                + " database, and with no collection name; found "
                + call.database()
                + "."
                + target);
      }
      return new ChangeStreamScope.OfCluster();
    }
    if (target instanceof Number) {
      return new ChangeStreamScope.OfDatabase(call.database());
    }
    Namespace namespace = call.namespace();
    if (namespace.isInternal()) {
      throw new ServerError(
          73,
          "InvalidNamespace",
          "$changeStream may not be opened on the internal " + call.database() + " database");
    }
    return new ChangeStreamScope.OfCollection(namespace);
  }

  /** Where a stream starts, and how many fragments of its first event the client has. */
  private record Start(ChangeStreamCursor.Origin origin, int fragmentsSeen) {
    static Start at(long position, ResumeToken token) {
      return new Start(new ChangeStreamCursor.Origin(position, token), 0);
    }
  }

  private boolean takeSplitStage(List<Document> stages) {
    for (int i = 0; i < stages.size(); i++) {
      if (!stages.get(i).containsKey("$changeStreamSplitLargeEvent")) {
        continue;
      }
      if (!version.splitsLargeEvents()) {
        throw ServerError.location(
            40324, "Unrecognized pipeline stage name: '$changeStreamSplitLargeEvent'");
      }
      if (i != stages.size() - 1) {
        throw ServerError.location(
            7182802, "$changeStreamSplitLargeEvent must be the last stage in the pipeline");
      }
      stages.remove(i);
      return true;
    }
    return false;
  }

  private Start start(ChangeStreamSpec spec, EventRenderer renderer) {
    Oplog oplog = storage.oplog();
    int tokenVersion = version.resumeTokenVersion();
    Optional<ResumeToken> token = spec.start().token();
    if (token.isPresent()) {
      return resumed(token.get(), renderer);
    }
    OpTime time =
        spec.start().time().orElseGet(() -> storage.exclusively(storage::lastApplied).next());
    checkHistory(time);
    return Start.at(
        oplog.seek(ResumeToken.Position.before(time)),
        ResumeToken.highWaterMark(time, tokenVersion));
  }

  private Start resumed(ResumeToken token, EventRenderer renderer) {
    Oplog oplog = storage.oplog();
    checkHistory(token.position().time());
    if (faults.isLost(token)) {
      throw tokenNotFound(token);
    }
    long at = oplog.seek(token.position());
    if (token.isHighWaterMark()) {
      return Start.at(at, token);
    }
    OplogEntry entry =
        oplog.read(at, 1).orElseThrow(this::historyLost).stream()
            .findFirst()
            .filter(found -> matches(found, token, renderer))
            .orElseThrow(() -> tokenNotFound(token));
    int fragment = token.fragmentOf(renderer.token(entry));
    if (fragment >= 0) {
      return new Start(new ChangeStreamCursor.Origin(at, token), fragment + 1);
    }
    long after = at + 1;
    if (token.position().invalidate()) {
      after = oplog.seek(ResumeToken.Position.before(entry.time().next()));
    }
    return Start.at(after, token);
  }

  /** Whether the token is that of the entry, in this release's layout or another's. */
  private static boolean matches(OplogEntry entry, ResumeToken token, EventRenderer renderer) {
    ResumeToken own =
        ResumeToken.ofEvent(token.position(), token.version(), renderer.subject(entry));
    return own.data().equals(token.data()) || token.fragmentOf(own) >= 0;
  }

  private void checkHistory(OpTime time) {
    Oplog oplog = storage.oplog();
    boolean older = oplog.oldest().map(entry -> entry.time().isAfter(time)).orElse(false);
    // A set that has never dropped an entry cannot have lost one either. 4.2.0, from which the
    // recording is, did not know that; 4.2.14 does.
    if (older && oplog.isTruncated()) {
      throw historyLost();
    }
  }

  private ServerError historyLost() {
    String message =
        "Resume of change stream was not possible, as the resume point may no longer be in the"
            + " oplog. ";
    return version.hasModernErrors()
        ? new ServerError(
            286, "ChangeStreamHistoryLost", message, List.of("NonResumableChangeStreamError"))
        : ServerError.location(40576, message);
  }

  private ServerError tokenNotFound(ResumeToken token) {
    String shown = token.document().toString(true);
    return version.hasModernErrors()
        ? new ServerError(
            280,
            "ChangeStreamFatalError",
            "cannot resume stream; the resume token was not found. " + shown,
            List.of("NonResumableChangeStreamError"))
        : ServerError.location(
            40585, "resume of change stream was not possible, token not found: " + shown);
  }
}
