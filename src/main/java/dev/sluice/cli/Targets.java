package dev.sluice.cli;

import dev.sluice.config.Nearest;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.target.cassandra.CassandraOpener;
import dev.sluice.target.file.FileParameters;
import dev.sluice.target.file.FileTarget;
import dev.sluice.target.lucene.IndexParameters;
import dev.sluice.target.lucene.LuceneTarget;
import dev.sluice.target.opensearch.OpenSearchParameters;
import dev.sluice.target.opensearch.OpenSearchTarget;
import dev.sluice.target.redis.RedisParameters;
import dev.sluice.target.redis.RedisTarget;
import dev.sluice.target.sql.DuckDbDialect;
import dev.sluice.target.sql.MariaDbDialect;
import dev.sluice.target.sql.PostgresDialect;
import dev.sluice.target.sql.SqlDialect;
import dev.sluice.target.sql.SqlParameters;
import dev.sluice.target.sql.SqlStore;
import dev.sluice.target.sql.SqliteDialect;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** All targets there are, by the scheme of their URI: the one place that knows them. */
public final class Targets {
  /** More typing errors than these make another word. */
  private static final int TYPING_ERRORS = 3;

  private static final Map<String, Function<TargetUri, Target.Opener>> BY_SCHEME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("file", Targets::file),
              Map.entry("cassandra", CassandraOpener::new),
              Map.entry("duckdb", uri -> sql(uri, new DuckDbDialect(uri))),
              Map.entry("lucene", Targets::lucene),
              Map.entry("opensearch+http", Targets::openSearch),
              Map.entry("opensearch+https", Targets::openSearch),
              Map.entry("elasticsearch+http", Targets::openSearch),
              Map.entry("elasticsearch+https", Targets::openSearch),
              Map.entry("jdbc:sqlite", uri -> sql(uri, new SqliteDialect(uri))),
              Map.entry("jdbc:postgresql", uri -> sql(uri, new PostgresDialect(uri))),
              Map.entry("jdbc:mariadb", uri -> sql(uri, MariaDbDialect.mariaDb(uri))),
              Map.entry("jdbc:mysql", uri -> sql(uri, MariaDbDialect.mySql(uri))),
              Map.entry("redis", Targets::redis),
              Map.entry("rediss", Targets::redis)));

  private Targets() {}

  /**
   * What opens the target. Its parameters are checked here, whether it is there when it is opened.
   *
   * @throws TargetException if there is no such target, or a parameter is wrong
   */
  public static Target.Opener opener(TargetUri uri) {
    Function<TargetUri, Target.Opener> known = BY_SCHEME.get(uri.scheme());
    if (known == null) {
      throw TargetException.unusable(
          "There is no target "
              + uri.scheme()
              + ":"
              + Nearest.to(uri.scheme(), BY_SCHEME.keySet(), TYPING_ERRORS)
                  .map(nearest -> " (did you mean " + nearest + ":?)")
                  .orElse("")
              + "; there are "
              + String.join(":, ", BY_SCHEME.keySet())
              + ":");
    }
    return known.apply(uri);
  }

  private static Target.Opener file(TargetUri uri) {
    FileParameters parameters = FileParameters.of(uri);
    return () -> FileTarget.open(parameters);
  }

  private static Target.Opener lucene(TargetUri uri) {
    IndexParameters parameters = IndexParameters.of(uri);
    return () -> LuceneTarget.open(parameters);
  }

  private static Target.Opener redis(TargetUri uri) {
    RedisParameters parameters = RedisParameters.of(uri);
    return () -> RedisTarget.open(parameters);
  }

  private static Target.Opener sql(TargetUri uri, SqlDialect dialect) {
    SqlParameters parameters = SqlParameters.of(uri);
    return new SqlStore(dialect, parameters);
  }

  private static Target.Opener openSearch(TargetUri uri) {
    return OpenSearchTarget.opener(OpenSearchParameters.of(uri));
  }
}
