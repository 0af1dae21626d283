package dev.sluice.change;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

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

  private static final Map<String, Operation> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Operation::text, Function.identity()));

  private final String text;

  Operation(String text) {
    this.text = text;
  }

  /** As it stands in the change event and in the published one. */
  public String text() {
    return text;
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
   * The operation of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Operation of(String text) {
    Operation operation = BY_NAME.get(text);
    if (operation == null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "unknown operationType \"%s\"", text));
    }
    return operation;
  }
}
