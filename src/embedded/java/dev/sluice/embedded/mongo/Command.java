package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Carries out one kind of command. Called on a worker; must not wait for anything but the storage
 * lock: what takes longer completes the stage later.
 */
@FunctionalInterface
interface Command {

  CompletionStage<Reply> invoke(Invocation call);

  static Command immediate(Function<Invocation, Document> action) {
    return call -> CompletableFuture.completedFuture(Reply.of(action.apply(call)));
  }

  /** A command on documents: it and the encoding of its reply run under the storage lock. */
  static Command locked(Storage storage, Function<Invocation, Document> action) {
    return call ->
        CompletableFuture.completedFuture(storage.exclusively(() -> Reply.of(action.apply(call))));
  }
}
