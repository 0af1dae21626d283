package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.Arrays;

/**
 * A document as its BSON bytes: what went into the log or came off the wire, byte for byte.
 *
 * <p>The array is shared, never copied and never written to.
 */
record RawDocument(byte[] bytes) {

  static final RawDocument EMPTY = new RawDocument(new byte[] {5, 0, 0, 0, 0});

  static RawDocument of(Document document) {
    return new RawDocument(BsonWriter.bytesOf(document));
  }

  Document decode() {
    return BsonReader.document(bytes);
  }

  int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawDocument raw && Arrays.equals(bytes, raw.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "RawDocument[" + bytes.length + " bytes]";
  }
}
