package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class CursorTableTest {

  private final CursorTable cursors = new CursorTable();

  private static final class ScriptedCursor implements ServerCursor {
    private boolean exhausted;
    private boolean killed;

    @Override
    public String namespace() {
      return "db.c";
    }

    @Override
    public boolean isExhausted() {
      return exhausted;
    }

    @Override
    public CompletionStage<Batch> next(int batchSize, Duration wait) {
      return CompletableFuture.completedFuture(new Batch(List.of(), null));
    }

    @Override
    public void kill() {
      killed = true;
    }

    @Override
    public boolean isKilled() {
      return killed;
    }
  }

  @Test
  void aCursorThatNobodyReadsIsKilledAndNotFoundAfterwards() {
    ScriptedCursor cursor = new ScriptedCursor();
    long id = cursors.add(cursor, null);

    cursors.killIdle(Duration.ofMinutes(10));
    assertThat(cursors.contains(id)).isTrue();
    cursors.killIdle(Duration.ofNanos(-1));

    assertThat(cursor.killed).isTrue();
    assertThatThrownBy(() -> cursors.use(id, null)).hasMessage("cursor id " + id + " not found");
  }

  @Test
  void aCursorThatIsBeingReadIsNotIdle() {
    long id = cursors.add(new ScriptedCursor(), null);
    cursors.use(id, null);

    cursors.killIdle(Duration.ofNanos(-1));

    assertThat(cursors.contains(id)).isTrue();
  }

  @Test
  void aCursorThatGaveItsLastIsForgotten() {
    ScriptedCursor cursor = new ScriptedCursor();
    long id = cursors.add(cursor, null);
    cursors.use(id, null);
    cursor.exhausted = true;

    cursors.release(id);

    assertThat(cursors.size()).isZero();
  }

  @Test
  void aCursorIsReadInItsSessionOnly() {
    long id = cursors.add(new ScriptedCursor(), "mine");
    long without = cursors.add(new ScriptedCursor(), null);

    assertThatThrownBy(() -> cursors.use(id, "other")).hasMessageContaining("in session other");
    assertThatThrownBy(() -> cursors.use(id, null)).hasMessageContaining("without an lsid");
    assertThatThrownBy(() -> cursors.use(without, "mine")).hasMessageContaining("in session mine");
    cursors.use(id, "mine");
  }

  @Test
  void aCursorThatIsBeingReadIsInUseUntilItsReaderHasNoticedTheKill() {
    ScriptedCursor cursor = new ScriptedCursor();
    long id = cursors.add(cursor, null);
    cursors.use(id, null);

    assertThat(cursors.interrupt(id)).isTrue();

    assertThat(cursor.killed).isTrue();
    assertThatThrownBy(() -> cursors.use(id, null)).hasMessageContaining("already in use");
    cursors.kill(id);
    assertThatThrownBy(() -> cursors.use(id, null)).hasMessageContaining("not found");
  }
}
