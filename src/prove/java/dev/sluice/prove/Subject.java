package dev.sluice.prove;

/**
 * What a write is about: one document.
 *
 * @param namespace database and collection, with a dot between
 * @param id its {@code _id}, which documents of other collections may have as well
 */
record Subject(String namespace, String id) {
  @Override
  public String toString() {
    return id + " in " + namespace;
  }
}
