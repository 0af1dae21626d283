package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cursor over the result of a query, which the engine has already found. */
final class QueryCursor implements ServerCursor {

  private final Storage storage;
  private final String namespace;
  private final Iterator<Document> rest;
  private final Optional<OpTime> readAt;
  private RawDocument heldBack;
  private volatile boolean killed;

  QueryCursor(Storage storage, String namespace, Iterable<Document> documents) {
    this(storage, namespace, documents.iterator(), Optional.empty());
  }

  /**
   * @param readAt the time that a snapshot is of
   */
  QueryCursor(
      Storage storage, String namespace, Iterator<Document> documents, Optional<OpTime> readAt) {
    this.storage = storage;
    this.namespace = namespace;
    this.rest = documents;
    this.readAt = readAt;
  }

  @Override
  public Optional<OpTime> readAt() {
    return readAt;
  }

  @Override
  public String namespace() {
    return namespace;
  }

  @Override
  public boolean isExhausted() {
    return heldBack == null && !rest.hasNext();
  }

  @Override
  public CompletionStage<Batch> next(int batchSize, Duration wait) {
    return CompletableFuture.completedFuture(storage.exclusively(() -> take(batchSize)));
  }

  private Batch take(int batchSize) {
    BatchBuilder batch = new BatchBuilder(batchSize);
    while (!batch.isFull() && !isExhausted()) {
      RawDocument document = heldBack != null ? heldBack : RawDocument.of(rest.next());
      heldBack = null;
      if (!batch.hasRoomFor(document)) {
        heldBack = document;
        break;
      }
      batch.add(document);
    }
    return new Batch(batch.documents(), null);
  }

  @Override
  public void kill() {
    // nothing ever waits
    killed = true;
  }

  @Override
  public boolean isKilled() {
    return killed;
  }
}
