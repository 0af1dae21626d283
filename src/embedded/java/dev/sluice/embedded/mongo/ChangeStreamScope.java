package dev.sluice.embedded.mongo;

/** What a change stream watches: one collection, one database, or the whole cluster. */
sealed interface ChangeStreamScope {

  /** The {@code ns} of the cursor. */
  String cursorNamespace();

  boolean shows(OplogEntry entry);

  /** Whether the stream ends after the entry. */
  boolean isInvalidatedBy(OplogEntry entry);

  /** One collection, by name: a new one of the same name is watched on. */
  record OfCollection(Namespace namespace) implements ChangeStreamScope {
    @Override
    public String cursorNamespace() {
      return namespace.toString();
    }

    @Override
    public boolean shows(OplogEntry entry) {
      return entry.namespace().equals(namespace) || isRenamedTo(entry);
    }

    @Override
    public boolean isInvalidatedBy(OplogEntry entry) {
      return switch (entry.type()) {
        case DROP, RENAME -> shows(entry);
        default -> false;
      };
    }

    private boolean isRenamedTo(OplogEntry entry) {
      return entry.type() == EventType.RENAME
          && entry.object().decode().get("to").equals(namespace.document());
    }
  }

  /** Every collection of a database. */
  record OfDatabase(String database) implements ChangeStreamScope {
    @Override
    public String cursorNamespace() {
      return database + ".$cmd.aggregate";
    }

    @Override
    public boolean shows(OplogEntry entry) {
      return entry.namespace().database().equals(database)
          && !entry.namespace().collection().startsWith("system.");
    }

    @Override
    public boolean isInvalidatedBy(OplogEntry entry) {
      return entry.type() == EventType.DROP_DATABASE && shows(entry);
    }
  }

  /** All but the server's own databases. */
  record OfCluster() implements ChangeStreamScope {
    @Override
    public String cursorNamespace() {
      return "admin.$cmd.aggregate";
    }

    @Override
    public boolean shows(OplogEntry entry) {
      return !entry.namespace().isInternal();
    }

    @Override
    public boolean isInvalidatedBy(OplogEntry entry) {
      return false;
    }
  }
}
