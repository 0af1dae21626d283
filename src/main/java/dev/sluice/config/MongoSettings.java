package dev.sluice.config;

import java.util.Objects;

/**
 * Where MongoDB is.
 *
 * @param uri a connection string; a secret, since it may hold a password
 * @param uriKey where the URI was set, for sentences that send people there
 * @param database the database that the inserter writes to; it is watched unless namespaces are set
 * @param collection likewise
 * @param tlsFiles any of them makes it TLS, also where the URI says nothing of it
 */
public record MongoSettings(
    Secret uri, SettingKey uriKey, String database, String collection, TlsFiles tlsFiles) {
  public MongoSettings {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(uriKey, "uriKey");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(collection, "collection");
    Objects.requireNonNull(tlsFiles, "tlsFiles");
  }

  /** As the URI alone has it. */
  public MongoSettings(Secret uri, String database, String collection) {
    this(uri, SettingKey.MONGO_DATABASE_HOST, database, collection, TlsFiles.NONE);
  }
}
