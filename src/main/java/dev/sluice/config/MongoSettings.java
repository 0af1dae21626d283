package dev.sluice.config;

import java.util.Objects;

/**
 * Where MongoDB is.
 *
 * @param uri a connection string; a secret, since it may hold a password
 * @param database the database that is watched
 * @param uriKey where the URI was set, for sentences that send people there
 * @param tlsFiles any of them makes it TLS, also where the URI says nothing of it
 */
public record MongoSettings(Secret uri, SettingKey uriKey, String database, TlsFiles tlsFiles) {
  public MongoSettings {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(uriKey, "uriKey");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(tlsFiles, "tlsFiles");
  }

  /** As the URI alone has it. */
  public MongoSettings(Secret uri, String database) {
    this(uri, SettingKey.MONGO_DATABASE_HOST, database, TlsFiles.NONE);
  }
}
