package dev.sluice.config;

import java.util.Objects;

/**
 * Where MongoDB is.
 *
 * @param uri a connection string; a secret, since it may hold a password
 * @param database the database that is watched
 */
public record MongoSettings(Secret uri, String database) {
  public MongoSettings {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(database, "database");
  }
}
