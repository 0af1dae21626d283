package dev.sluice.cli;

import dev.sluice.config.Nearest;
import dev.sluice.config.Secret;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.target.cassandra.CassandraOpener;
import dev.sluice.target.exec.ExecTarget;
import dev.sluice.target.file.FileParameters;
import dev.sluice.target.file.FileTarget;
import dev.sluice.target.http.HttpTarget;
import dev.sluice.target.lucene.IndexParameters;
import dev.sluice.target.lucene.LuceneStore;
import dev.sluice.target.mongodb.MongoParameters;
import dev.sluice.target.mongodb.MongoTarget;
import dev.sluice.target.opensearch.OpenSearchParameters;
import dev.sluice.target.opensearch.OpenSearchStore;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
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

  /** Those that call others, which may be done by several workers. */
  private static final Map<String, BiFunction<TargetUri, CallSettings, Target.Opener>> CALLS =
      Map.of(
          "exec", (uri, calls) -> ExecTarget.opener(uri.place(), calls),
          "http", HttpTarget::opener,
          "https", HttpTarget::opener);

  private static final Set<String> OF_MONGODB = Set.of("mongodb", "mongodb+srv");

  private Targets() {}

  /** As {@link #opener(TargetUri, CallSettings, Optional)}, without any wish. */
  public static Target.Opener opener(TargetUri uri) {
    return opener(uri, CallSettings.DEFAULT, Optional.empty());
  }

  /**
   * What opens the target. Its parameters are checked here, whether it is there when it is opened.
   *
   * @param calls for the targets that call others; refused for any other, unless it is the default
   * @param source the MongoDB URI of which the changes are: a target that writes there is refused,
   *     as its writes would be changes again
   * @throws TargetException if there is no such target, or a parameter is wrong
   */
  public static Target.Opener opener(TargetUri uri, CallSettings calls, Optional<Secret> source) {
    BiFunction<TargetUri, CallSettings, Target.Opener> calling = CALLS.get(uri.scheme());
    if (calling != null) {
      return calling.apply(uri, calls);
    }
    Function<TargetUri, Target.Opener> known = BY_SCHEME.get(uri.scheme());
    if (known == null && !OF_MONGODB.contains(uri.scheme())) {
      throw unknown(uri.scheme());
    }
    if (!calls.equals(CallSettings.DEFAULT)) {
      throw TargetException.unusable(
          "The target "
              + uri.scheme()
              + ": is written by one worker, which waits as long as it has to: leave out --workers"
              + " and --timeout, which are for exec:, http: and https:");
    }
    return known == null ? mongodb(uri, source) : known.apply(uri);
  }

  private static TargetException unknown(String scheme) {
    TreeSet<String> all = new TreeSet<>(BY_SCHEME.keySet());
    all.addAll(CALLS.keySet());
    all.addAll(OF_MONGODB);
    return TargetException.unusable(
        "There is no target "
            + scheme
            + ":"
            + Nearest.to(scheme, all, TYPING_ERRORS)
                .map(nearest -> " (did you mean " + nearest + ":?)")
                .orElse("")
            + "; there are "
            + String.join(":, ", all)
            + ":");
  }

  private static Target.Opener mongodb(TargetUri uri, Optional<Secret> source) {
    return MongoTarget.opener(MongoParameters.of(uri), source);
  }

  private static Target.Opener file(TargetUri uri) {
    return FileTarget.opener(FileParameters.of(uri));
  }

  private static Target.Opener lucene(TargetUri uri) {
    return new LuceneStore(IndexParameters.of(uri));
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
    return new OpenSearchStore(OpenSearchParameters.of(uri));
  }
}
