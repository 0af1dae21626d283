package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What surrounds every write: permission, images, and the way of its changes into the log. */
final class WriteContext {

  private static final Set<String> READ_ONLY = Set.of("local");

  private final Storage storage;
  private final Sessions sessions;
  private final Transactions transactions;

  WriteContext(Storage storage, Sessions sessions, Transactions transactions) {
    this.storage = storage;
    this.sessions = sessions;
    this.transactions = transactions;
  }

  Sessions sessions() {
    return sessions;
  }

  /** The collection to write to. */
  Namespace writable(Invocation call) {
    Namespace namespace = call.namespace();
    if (READ_ONLY.contains(namespace.database()) || namespace.collection().startsWith("system.")) {
      throw new ServerError(73, "InvalidNamespace", "cannot write to '" + namespace + "'");
    }
    if (namespace.collection().contains("$")) {
      throw new ServerError(
          73, "InvalidNamespace", "Invalid collection name: " + namespace.collection());
    }
    return namespace;
  }

  /** Runs a write and logs what it changed, also if it fails half-way: the changes are there. */
  Document write(Invocation call, Function<Invocation, Document> action) {
    ChangeRecorder recorder = storage.recorder();
    recorder.keepImages(
        transactions.isActive()
            || storage
                .catalog()
                .find(call.namespace())
                .map(CollectionInfo::recordsImages)
                .orElse(false));
    try {
      return action.apply(call);
    } finally {
      flush();
    }
  }

  void flush() {
    List<RecordedChange> changes = storage.recorder().drain();
    if (transactions.isActive()) {
      transactions.buffer(changes);
    } else if (!changes.isEmpty()) {
      storage.commit(changes);
    }
  }

  /** In a transaction the first error ends the command; outside it is one of its write errors. */
  void rethrowInTransaction(Invocation call, ServerError error) {
    if (call.body().containsKey("autocommit")) {
      throw error;
    }
  }
}
