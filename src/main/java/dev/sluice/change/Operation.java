package dev.sluice.change;

import java.util.Locale;

/**
 * What a change event says was done, named as MongoDB's {@code operationType} (manual: Change
 * Events).
 */
public enum Operation {
  INSERT("insert"),
  UPDATE("update"),
  REPLACE("replace"),
  DELETE("delete"),
  DROP("drop"),
  RENAME("rename"),
  DROP_DATABASE("dropDatabase"),
  /** The following are told by MongoDB 6.0 on to those who ask for expanded events. */
  CREATE("create"),
  CREATE_INDEXES("createIndexes"),
  DROP_INDEXES("dropIndexes"),
  MODIFY("modify"),
  SHARD_COLLECTION("shardCollection"),
  RESHARD_COLLECTION("reshardCollection"),
  REFINE_COLLECTION_SHARD_KEY("refineCollectionShardKey"),
  /** The stream's namespace is gone; the server closes the cursor behind this event. */
  INVALIDATE("invalidate"),
  /** No change: how a document was at a moment of a snapshot. No server tells of it, we do. */
  READ("read");

  private static final Operation[] ALL = values();

  private final String text;
  private final byte[] ascii;

  Operation(String text) {
    this.text = text;
    this.ascii = BsonBytes.ascii(text);
  }

  /** As it stands in the change event and in the published one. */
  public String text() {
    return text;
  }

  /** The same in ASCII. Not to be written to. */
  byte[] ascii() {
    return ascii;
  }

  /** Whether it is of one document, so that there is something to publish. */
  public boolean isOnDocument() {
    return this == INSERT || this == UPDATE || this == REPLACE || this == DELETE || this == READ;
  }

  /** Whether a server can tell of it. */
  public boolean isOfServer() {
    return this != READ;
  }

  /** Whether it says that a collection was made or changed, and is told only on request. */
  public boolean isExpanded() {
    return ordinal() >= CREATE.ordinal() && ordinal() <= REFINE_COLLECTION_SHARD_KEY.ordinal();
  }

  /**
   * The operation whose name is the BSON string at {@code offset}. The usual ones stand first, and
   * no text is made of it.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Operation at(byte[] bytes, int offset) {
    int from = offset + Integer.BYTES;
    int to = from + BsonBytes.stringLength(bytes, offset, bytes.length);
    for (Operation operation : ALL) {
      if (BsonBytes.isText(bytes, from, to, operation.ascii)) {
        return operation;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "unknown operationType \"%s\"",
            BsonBytes.text(bytes, offset, bytes.length)));
  }
}
