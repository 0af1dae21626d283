package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Runs the commands of multi-document transactions.
 *
 * <p>A transaction's changes are in the storage only while one of its own commands runs: put in
 * before, taken out after, all under the storage lock. So nobody else ever sees half of one, and
 * what it finds changed under its feet when it puts them back is a write conflict. Its changes
 * enter the log at the commit, under one time.
 */
final class Transactions {

  private final Storage storage;
  private final Sessions sessions;
  private Transaction current;

  Transactions(Storage storage, Sessions sessions) {
    this.storage = storage;
    this.sessions = sessions;
  }

  void register(Map<String, Command> commands) {
    commands.put("commitTransaction", Command.locked(storage, this::commit));
    commands.put("abortTransaction", Command.locked(storage, this::abort));
  }

  /** Whether the command is part of a transaction, and not its end. */
  static boolean concerns(Invocation call) {
    return Boolean.FALSE.equals(call.body().get("autocommit"))
        && !call.command().equals("commitTransaction")
        && !call.command().equals("abortTransaction");
  }

  /** True while a command of a transaction runs on this storage. */
  boolean isActive() {
    return current != null;
  }

  /** Keeps changes for the transaction whose command is running. */
  void buffer(List<RecordedChange> changes) {
    current.changes().addAll(changes);
  }

  CompletionStage<Reply> run(Invocation call, Command command) {
    return storage.exclusively(() -> CompletableFuture.completedFuture(runLocked(call, command)));
  }

  private Reply runLocked(Invocation call, Command command) {
    Transaction transaction = joined(call);
    putIn(transaction);
    current = transaction;
    try {
      return command.invoke(call).toCompletableFuture().join();
    } catch (RuntimeException e) {
      transaction.end(Transaction.State.ABORTED);
      throw e;
    } finally {
      current = null;
      takeOut(transaction.changes());
    }
  }

  private Transaction joined(Invocation call) {
    Session session = session(call);
    long number = (Long) call.body().get("txnNumber");
    if (call.flag("startTransaction", false)) {
      session.begin(number);
      return session.startTransaction();
    }
    Transaction transaction = session.transaction(number);
    if (transaction.state() != Transaction.State.IN_PROGRESS) {
      throw noSuchTransaction(number, transaction);
    }
    return transaction;
  }

  private Session session(Invocation call) {
    return sessions
        .of(call)
        .orElseThrow(
            () ->
                new ServerError(
                    72,
                    "InvalidOptions",
                    "'autocommit' field requires a transaction number to also be specified"));
  }

  private static ServerError noSuchTransaction(long number, Transaction transaction) {
    String how = transaction.state() == Transaction.State.COMMITTED ? "committed" : "aborted";
    return new ServerError(
        251,
        "NoSuchTransaction",
        "Transaction with { txnNumber: " + number + " } has been " + how + ".",
        List.of("TransientTransactionError"));
  }

  private Document commit(Invocation call) {
    long number = (Long) call.body().get("txnNumber");
    Session session = session(call);
    Transaction transaction = session.transaction(number);
    switch (transaction.state()) {
      case ABORTED -> throw noSuchTransaction(number, transaction);
      case IN_PROGRESS -> {
        putIn(transaction);
        transaction.end(Transaction.State.COMMITTED);
        if (!transaction.changes().isEmpty()) {
          storage.commit(transaction.changes(), new OplogEntry.Transaction(session.id(), number));
        }
      }
      default -> {
        // committed before: the client did not get the answer
      }
    }
    return new Document("ok", 1.0);
  }

  private Document abort(Invocation call) {
    long number = (Long) call.body().get("txnNumber");
    Transaction transaction = session(call).transaction(number);
    if (transaction.state() != Transaction.State.IN_PROGRESS) {
      throw noSuchTransaction(number, transaction);
    }
    transaction.end(Transaction.State.ABORTED);
    return new Document("ok", 1.0);
  }

  /** Puts the changes into the storage, or none of them and a write conflict. */
  private void putIn(Transaction transaction) {
    List<RecordedChange> done = new ArrayList<>();
    try {
      for (RecordedChange change : transaction.changes()) {
        apply(change.namespace(), change.key(), change.before(), change.after());
        done.add(change);
      }
    } catch (ServerError e) {
      takeOut(done);
      transaction.end(Transaction.State.ABORTED);
      throw new ServerError(
          112,
          "WriteConflict",
          "WriteConflict error: this operation conflicted with another operation. Please retry"
              + " your operation or multi-document transaction.",
          List.of("TransientTransactionError"));
    }
  }

  private void takeOut(List<RecordedChange> changes) {
    List<RecordedChange> backwards = new ArrayList<>(changes);
    Collections.reverse(backwards);
    for (RecordedChange change : backwards) {
      apply(change.namespace(), change.key(), change.after(), change.before());
    }
  }

  private void apply(Namespace namespace, RawDocument key, RawDocument from, RawDocument to) {
    MongoCollection<?> collection =
        storage
            .collection(namespace)
            .orElseThrow(() -> new ServerError(26, "NamespaceNotFound", "gone: " + namespace));
    storage.recorder().unrecorded(() -> Storage.translating(() -> swap(collection, key, from, to)));
  }

  private Void swap(
      MongoCollection<?> collection, RawDocument key, RawDocument from, RawDocument to) {
    if (from == null) {
      collection.addDocument(to.decode());
      return null;
    }
    Document found = null;
    for (Document document : collection.handleQuery(key.decode())) {
      found = document;
    }
    // Compared as documents: the bytes that came in may hold what the engine does not keep.
    if (found == null || !areSame(found, from.decode())) {
      throw new ServerError(112, "WriteConflict", "document changed meanwhile");
    }
    if (to == null) {
      collection.removeDocument(found);
    } else {
      replace(collection, key, to.decode());
    }
    return null;
  }

  /** The engine's regular expressions are not equal to any other. */
  private static boolean areSame(Document one, Document other) {
    return one.equals(other) || RawDocument.of(one).equals(RawDocument.of(other));
  }

  private void replace(MongoCollection<?> collection, RawDocument key, Document document) {
    storage.recorder().expect(new UpdateIntent.Replacement(document));
    Document statement = new Document("q", key.decode()).append("u", document);
    Document reply =
        storage.engine(
            collection.getDatabaseName(),
            "update",
            new Document("update", collection.getCollectionName())
                .append("updates", List.of(statement)));
    storage.recorder().expect(null);
    if (reply.containsKey("writeErrors")) {
      throw new ServerError(112, "WriteConflict", "the new document is not possible any more");
    }
  }
}
