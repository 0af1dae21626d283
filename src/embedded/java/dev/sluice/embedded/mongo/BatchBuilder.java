package dev.sluice.embedded.mongo;

import java.util.ArrayList;
import java.util.List;

/** A reply's documents while they are collected, within the client's count and 16 MB. */
final class BatchBuilder {

  /** Each element of the array costs its type byte, its index as text and a zero besides. */
  private static final int ELEMENT_OVERHEAD = 10;

  private final List<RawDocument> documents = new ArrayList<>();
  private final int maxCount;
  private int bytes;

  BatchBuilder(int batchSize) {
    this.maxCount = batchSize <= 0 ? Integer.MAX_VALUE : batchSize;
  }

  /** The first document always fits, or a client could never get past it. */
  boolean hasRoomFor(RawDocument document) {
    return documents.isEmpty()
        || bytes + document.size() + ELEMENT_OVERHEAD <= BsonType.MAX_DOCUMENT_BYTES;
  }

  void add(RawDocument document) {
    documents.add(document);
    bytes += document.size() + ELEMENT_OVERHEAD;
  }

  boolean isFull() {
    return documents.size() >= maxCount;
  }

  boolean isEmpty() {
    return documents.isEmpty();
  }

  List<RawDocument> documents() {
    return documents;
  }
}
