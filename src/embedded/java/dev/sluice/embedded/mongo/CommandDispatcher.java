package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the command, sees that this node may carry it out, and lets faults have their say. */
final class CommandDispatcher {

  private static final Logger log = LoggerFactory.getLogger(CommandDispatcher.class);

  private static final Set<String> PRIMARY_ONLY =
      Set.of(
          "insert",
          "update",
          "delete",
          "findAndModify",
          "findandmodify",
          "create",
          "createIndexes",
          "drop",
          "dropDatabase",
          "dropIndexes",
          "deleteIndexes",
          "renameCollection",
          "collMod",
          "commitTransaction",
          "abortTransaction");
  private static final Set<String> PRIMARY_UNLESS_ASKED =
      Set.of("find", "aggregate", "count", "distinct", "listCollections", "listIndexes");

  private final Map<String, Command> commands;
  private final Topology topology;
  private final ServerVersion version;
  private final ReplyEnvelope envelope;
  private final Transactions transactions;
  private final FaultBoard faults;
  private final ScheduledExecutorService timer;
  private final ReplyEncoder encoder = new ReplyEncoder();

  CommandDispatcher(
      Map<String, Command> commands,
      Topology topology,
      ServerVersion version,
      ReplyEnvelope envelope,
      Transactions transactions,
      FaultBoard faults,
      ScheduledExecutorService timer) {
    this.commands = Map.copyOf(commands);
    this.topology = topology;
    this.version = version;
    this.envelope = envelope;
    this.transactions = transactions;
    this.faults = faults;
    this.timer = timer;
  }

  /**
   * What goes back to the client.
   *
   * @param streamed whether the same request is to be answered again
   * @param closes whether the connection ends instead
   */
  record Answer(ByteBuf bytes, boolean streamed, boolean closes) {
    static final Answer CLOSE = new Answer(Unpooled.EMPTY_BUFFER, false, true);
  }

  /** Never fails: whatever goes wrong is an error reply or a closed connection. */
  CompletionStage<Answer> dispatch(Invocation call) {
    return faults
        .effectOn(call)
        .map(effect -> dispatchFaulty(call, effect))
        .orElseGet(() -> invoke(call).thenApply(reply -> answer(call, reply)));
  }

  private CompletionStage<Answer> dispatchFaulty(Invocation call, FailPoint.Effect effect) {
    return after(effect.blocks(), () -> outcome(call, effect))
        .thenCompose(answer -> after(effect.delaysReply(), () -> now(answer)));
  }

  private CompletionStage<Answer> outcome(Invocation call, FailPoint.Effect effect) {
    if (effect.closesConnection()) {
      return now(Answer.CLOSE);
    }
    if (effect.errorCode() != 0) {
      return now(answer(call, envelope.error(call, injected(effect))));
    }
    if (effect.corruptsReply()) {
      return invoke(call).thenApply(reply -> new Answer(garbage(call), false, false));
    }
    return invoke(call).thenApply(reply -> answer(call, withWriteConcernError(reply, effect)));
  }

  private static ServerError injected(FailPoint.Effect effect) {
    List<String> labels = effect.errorLabels() == null ? List.of() : effect.errorLabels();
    return new ServerError(
        effect.errorCode(),
        ErrorCodes.name(effect.errorCode()),
        "Failing command via 'failCommand' failpoint",
        labels);
  }

  private static Reply withWriteConcernError(Reply reply, FailPoint.Effect effect) {
    if (effect.writeConcernError() == null || reply.failed()) {
      return reply;
    }
    Document body = reply.body().decode();
    body.put("writeConcernError", effect.writeConcernError());
    if (effect.errorLabels() != null) {
      body.put("errorLabels", effect.errorLabels());
    }
    return Reply.of(body);
  }

  /** A frame of the right length that holds no document. */
  private ByteBuf garbage(Invocation call) {
    BsonWriter noise = new BsonWriter();
    // A length no document can have: a reader must notice rather than wait for more.
    noise.writeInt(Integer.MIN_VALUE);
    for (int i = 0; i < 8; i++) {
      noise.writeLong(ThreadLocalRandom.current().nextLong());
    }
    return encoder.encode(call.request(), noise, false);
  }

  private static <T> CompletionStage<T> now(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private <T> CompletionStage<T> after(Duration delay, Supplier<CompletionStage<T>> action) {
    if (delay.isZero()) {
      return action.get();
    }
    CompletableFuture<Void> passed = new CompletableFuture<>();
    timer.schedule(() -> passed.complete(null), delay.toMillis(), TimeUnit.MILLISECONDS);
    return passed.thenCompose(nothing -> action.get());
  }

  private CompletionStage<Reply> invoke(Invocation call) {
    CompletionStage<Reply> reply;
    try {
      reply = start(call);
    } catch (RuntimeException e) {
      reply = CompletableFuture.failedFuture(e);
    }
    return reply.handle((done, error) -> error == null ? done : failed(call, error));
  }

  private CompletionStage<Reply> start(Invocation call) {
    String name = call.command();
    Command command = commands.get(name);
    if (command == null) {
      throw new ServerError(59, "CommandNotFound", "no such command: '" + name + "'");
    }
    checkRole(call, name);
    return Transactions.concerns(call) ? transactions.run(call, command) : command.invoke(call);
  }

  private void checkRole(Invocation call, String name) {
    if (topology.isPrimary(call.node().index())) {
      return;
    }
    if (PRIMARY_ONLY.contains(name)) {
      throw version.hasModernErrors()
          ? new ServerError(10107, "NotWritablePrimary", "not primary")
          : new ServerError(10107, "NotMaster", "not master");
    }
    boolean secondaryAllowed =
        call.request().legacy()
            || call.body().get("$readPreference") instanceof Document preference
                && !"primary".equals(preference.get("mode"));
    if (PRIMARY_UNLESS_ASKED.contains(name) && !secondaryAllowed) {
      throw version.hasModernErrors()
          ? new ServerError(13435, "NotPrimaryNoSecondaryOk", "not primary and secondaryOk=false")
          : new ServerError(13435, "NotMasterNoSlaveOk", "not master and slaveOk=false");
    }
  }

  private Reply failed(Invocation call, Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof ServerError known) {
      return envelope.error(call, known);
    }
    log.warn("embedded mongod failed at command={}", call.command(), cause);
    return envelope.error(call, new ServerError(8, "UnknownError", String.valueOf(cause)));
  }

  private Answer answer(Invocation call, Reply reply) {
    return new Answer(
        encoder.encode(call.request(), envelope.bytes(reply), reply.streamed()),
        reply.streamed(),
        false);
  }
}
