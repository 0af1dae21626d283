package dev.sluice.target.sql;

/** Tables that belong together. */
enum TableSet {
  /** Those that are there for all to see: {@code plays_rows}, with a view and the history. */
  LIVE(SqlTables.COLLECTIONS, "_rows"),
  /** Those that a rebuild fills beside them. Their names are no longer, as some have a limit. */
  NEXT("sluice_next", "_next"),
  /** Those that were live until the swap, on their way out. */
  PAST("sluice_past", "_past");

  private final String registry;
  private final String suffix;

  TableSet(String registry, String suffix) {
    this.registry = registry;
    this.suffix = suffix;
  }

  /** The table that says which collection is where, and from which position on it counts. */
  String registry() {
    return registry;
  }

  /** The table of states that belongs to a name. */
  String rowsOf(String name) {
    return name + suffix;
  }
}
