package dev.sluice.consume;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a message says was done, as {@code operation} names it (docs/MESSAGE_FORMAT.md). */
public enum EventType {
  INSERT("insert"),
  UPDATE("update"),
  REPLACE("replace"),
  DELETE("delete"),
  /** A document as a snapshot found it. */
  READ("read"),
  DROP("drop"),
  RENAME("rename"),
  DROP_DATABASE("dropDatabase"),
  INVALIDATE("invalidate"),
  /** Changes are missing. */
  GAP("gap"),
  /** The end of a transaction, behind its changes. */
  COMMIT("commit"),
  SNAPSHOT_STARTED("snapshot-started"),
  SNAPSHOT_COMPLETED("snapshot-completed"),
  SNAPSHOT_ABANDONED("snapshot-abandoned"),
  CREATE("create"),
  CREATE_INDEXES("createIndexes"),
  DROP_INDEXES("dropIndexes"),
  MODIFY("modify"),
  SHARD_COLLECTION("shardCollection"),
  RESHARD_COLLECTION("reshardCollection"),
  REFINE_COLLECTION_SHARD_KEY("refineCollectionShardKey");

  private static final Map<String, EventType> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toMap(EventType::text, Function.identity()));

  private final String text;

  EventType(String text) {
    this.text = text;
  }

  /** As the message has it. */
  public String text() {
    return text;
  }

  /** Whether it is of one document; else it concerns all documents of its collection or more. */
  public boolean isOnDocument() {
    return ordinal() <= READ.ordinal();
  }

  static Optional<EventType> of(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }
}
