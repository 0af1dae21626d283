package dev.sluice.prove;

/**
 * A collection that is written to and watched.
 *
 * @param queue where its changes belong
 */
record Place(String database, String collection, String queue) {
  /** As MongoDB writes it. */
  String namespace() {
    return database + "." + collection;
  }
}
