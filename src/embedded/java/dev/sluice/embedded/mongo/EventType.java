package dev.sluice.embedded.mongo;

/** What a log entry records, under the name a change stream gives it. */
enum EventType {
  INSERT("insert", "i"),
  UPDATE("update", "u"),
  REPLACE("replace", "u"),
  DELETE("delete", "d"),
  DROP("drop", "c"),
  RENAME("rename", "c"),
  DROP_DATABASE("dropDatabase", "c"),
  CREATE("create", "c"),
  CREATE_INDEXES("createIndexes", "c"),
  DROP_INDEXES("dropIndexes", "c"),
  MODIFY("modify", "c"),
  /** A note in the log that no stream shows: the set's founding, an election, a heartbeat. */
  NOOP("noop", "n");

  private final String streamName;
  private final String oplogName;

  EventType(String streamName, String oplogName) {
    this.streamName = streamName;
    this.oplogName = oplogName;
  }

  String streamName() {
    return streamName;
  }

  String oplogName() {
    return oplogName;
  }

  boolean isDocumentChange() {
    return compareTo(DELETE) <= 0;
  }

  /** Shown only to a stream that asked for {@code showExpandedEvents}. */
  boolean isExpanded() {
    return this == CREATE || this == CREATE_INDEXES || this == DROP_INDEXES || this == MODIFY;
  }

  static boolean isExpanded(String streamName) {
    for (EventType type : values()) {
      if (type.streamName.equals(streamName)) {
        return type.isExpanded();
      }
    }
    return false;
  }
}
