package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * {@code hello} and its older names, with streaming where the release has it.
 *
 * <p>Field by field as recorded for 4.2; {@code topologyVersion}, awaiting and exhaust as in the
 * server discovery and monitoring specification.
 */
final class HelloCommand implements Command {

  private final Topology topology;
  private final Storage storage;
  private final ServerVersion version;
  private final ScheduledExecutorService timer;

  HelloCommand(
      Topology topology, Storage storage, ServerVersion version, ScheduledExecutorService timer) {
    this.topology = topology;
    this.storage = storage;
    this.version = version;
    this.timer = timer;
  }

  @Override
  public CompletionStage<Reply> invoke(Invocation call) {
    call.connection().introduce(call.body());
    boolean awaits = version.streamsHello() && call.body().containsKey("topologyVersion");
    boolean streams = awaits && call.request().exhaustAllowed();
    Topology.View now = topology.view();
    if (!awaits || seen(call, now) != now.counter()) {
      return CompletableFuture.completedFuture(answer(call, streams));
    }
    CompletableFuture<Void> changed = topology.changeAfter(now.counter());
    int patience = call.integer("maxAwaitTimeMS", 10_000);
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    var alarm =
        timer.schedule(
            () -> reply.complete(answer(call, streams)), patience, TimeUnit.MILLISECONDS);
    changed.thenRun(
        () -> {
          alarm.cancel(false);
          reply.complete(answer(call, streams));
        });
    call.connection().ifAbandoned(() -> alarm.cancel(false));
    return reply;
  }

  private long seen(Invocation call, Topology.View now) {
    Document asked = call.document("topologyVersion", new Document());
    boolean sameProcess = now.process().equals(asked.get("processId"));
    return sameProcess && asked.get("counter") instanceof Number counter
        ? call.connection().seenTopology(counter.longValue())
        : -1;
  }

  private Reply answer(Invocation call, boolean streams) {
    Topology.View view = topology.view();
    call.connection().sawTopology(view.counter());
    Reply reply = Reply.of(describe(call, view));
    return new Reply(reply.body(), false, streams);
  }

  private Document describe(Invocation call, Topology.View view) {
    boolean primary = view.primary() == call.node().index();
    Document reply = new Document();
    if (version.streamsHello()) {
      if (call.flag("helloOk", false)) {
        reply.put("helloOk", true);
      }
      reply.put("topologyVersion", view.version());
    }
    reply.put("hosts", view.hosts());
    reply.put("setName", view.setName());
    reply.put("setVersion", 1);
    reply.put(call.command().equals("hello") ? "isWritablePrimary" : "ismaster", primary);
    reply.put("secondary", !primary);
    view.primaryHost().ifPresent(host -> reply.put("primary", host));
    reply.put("me", call.node().host());
    if (primary) {
      reply.put("electionId", view.electionId());
    }
    reply.put("lastWrite", lastWrite(view.term()));
    reply.put("maxBsonObjectSize", BsonType.MAX_DOCUMENT_BYTES);
    reply.put("maxMessageSizeBytes", WireDecoder.MAX_MESSAGE_BYTES);
    reply.put("maxWriteBatchSize", 100_000);
    reply.put("localTime", storage.clock().instant());
    reply.put("logicalSessionTimeoutMinutes", 30);
    reply.put("connectionId", call.connection().id());
    reply.put("minWireVersion", 0);
    reply.put("maxWireVersion", version.wireVersion());
    reply.put("readOnly", false);
    reply.put("ok", 1.0);
    return reply;
  }

  private Document lastWrite(long term) {
    OpTime last = storage.lastApplied();
    Document opTime = new Document("ts", last.timestamp()).append("t", term);
    var date = Instant.ofEpochSecond(last.seconds());
    return new Document("opTime", opTime)
        .append("lastWriteDate", date)
        .append("majorityOpTime", opTime)
        .append("majorityWriteDate", date);
  }
}
