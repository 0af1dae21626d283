package dev.sluice.change;

import java.util.Objects;

/**
 * A database and, where the event has one, its collection.
 *
 * @param collection null for an event of the whole database
 */
public record Namespace(String database, String collection) {
  public Namespace {
    Objects.requireNonNull(database, "database");
  }

  /** {@code database.collection}, as MongoDB writes it. */
  @Override
  public String toString() {
    return collection == null ? database : database + "." + collection;
  }
}
