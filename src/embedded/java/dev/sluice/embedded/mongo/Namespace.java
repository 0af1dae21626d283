package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;

/** A database and, unless the database as a whole is meant, a collection in it. */
record Namespace(String database, String collection) {

  static Namespace parse(String text) {
    int dot = text.indexOf('.');
    if (dot <= 0 || dot == text.length() - 1) {
      throw new ServerError(73, "InvalidNamespace", "Invalid namespace specified '" + text + "'");
    }
    return new Namespace(text.substring(0, dot), text.substring(dot + 1));
  }

  static Namespace ofDatabase(String database) {
    return new Namespace(database, "");
  }

  boolean isDatabase() {
    return collection.isEmpty();
  }

  /** Neither the server's own databases nor system collections show in wide streams. */
  boolean isInternal() {
    return database.equals("admin")
        || database.equals("config")
        || database.equals("local")
        || collection.startsWith("system.");
  }

  /** The {@code ns} of an event. */
  Document document() {
    Document document = new Document("db", database);
    if (!isDatabase()) {
      document.put("coll", collection);
    }
    return document;
  }

  @Override
  public String toString() {
    return isDatabase() ? database : database + "." + collection;
  }
}
