package dev.sluice.target.sql;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Rebuildable.Rebuild;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlStoreTest {
  private static final String JSON = "{\"word\": \"QUIZ\"}";
  private static final Event ONE = insert(PLAYS, key(1), position(1), JSON);

  @TempDir Path directory;

  @Test
  void isRebuiltWhereverItsProcessDies() throws Exception {
    assertIsRebuiltWhereverItsProcessDies(
        n -> new SqliteDialect(TargetUri.parse("jdbc:sqlite:" + directory.resolve(n + ".db"))), 1);
  }

  /**
   * Dies in front of statements that a rebuild runs, is begun again, and leaves nothing behind.
   *
   * @param databases an empty one for each number
   * @param step 1 for each statement, 2 for every other
   */
  static void assertIsRebuiltWhereverItsProcessDies(IntFunction<SqlDialect> databases, int step)
      throws Exception {
    SqlParameters parameters = SqlParameters.of(TargetUri.parse("jdbc:x:y"));
    int survived = 0;
    boolean dies = true;
    while (dies) {
      SqlDialect dialect = databases.apply(survived);
      SqlStore store = new SqlStore(dialect, parameters);
      apply(store.open(), ONE, insert(PLAYS, key(9), position(900), JSON));
      AtomicInteger left = new AtomicInteger(survived);
      SqlStore dying = new SqlStore(DyingDialect.of(dialect, left), parameters);
      try {
        rebuild(dying, store);
        dies = false;
      } catch (DyingDialect.Killed killed) {
        Optional<Rebuild> begun = store.rebuild();
        if (begun.isEmpty()) {
          rebuild(store, store);
        } else if (!begun.get().isDone()) {
          fillAndSwap(store, store);
        }
      }
      apply(store.open(), insert(PLAYS, key(2), position(20), JSON));

      KeptTables kept = new KeptTables(dialect);
      assertThat(kept.documents(PLAYS)).as("dead in front of statement " + survived).hasSize(2);
      assertThat(store.rebuild()).contains(new Rebuild("s1", "queue", "layout", true));
      store.discard();
      for (String table :
          List.of("plays_next", "plays_past", "sluice_next", "sluice_past", "sluice_rebuild")) {
        assertNotThere(dialect, table, survived);
      }
      survived += step;
    }
    assertThat(survived).as("statements of a rebuild").isGreaterThan(10);
  }

  private static void assertNotThere(SqlDialect dialect, String table, int died) throws Exception {
    try (Connection connection = dialect.connect()) {
      assertThat(dialect.columnsOf(connection, table))
          .as(table + ", dead in front of statement " + died)
          .isEmpty();
    }
  }

  private static void rebuild(SqlStore dying, SqlStore store) {
    dying.begin("s1", "queue", "layout");
    fillAndSwap(dying, store);
  }

  private static void fillAndSwap(SqlStore dying, SqlStore store) {
    apply(store.openBeside(), ONE);
    dying.swap(List.of(PLAYS), position(1));
  }

  private static void apply(Target target, Event... events) {
    try (target) {
      target.apply(new Batch(List.of(events)));
    }
  }
}
