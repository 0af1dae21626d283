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
  }

  @Test
  void aCursorThatNobodyReadsIsKilledAndNotFoundAfterwards() {
    ScriptedCursor cursor = new ScriptedCursor();
    long id = cursors.add(cursor);

    cursors.killIdle(Duration.ofMinutes(10));
    assertThat(cursors.contains(id)).isTrue();
    cursors.killIdle(Duration.ofNanos(-1));

    assertThat(cursor.killed).isTrue();
    assertThatThrownBy(() -> cursors.use(id)).hasMessage("cursor id " + id + " not found");
  }

  @Test
  void aCursorThatIsBeingReadIsNotIdle() {
    long id = cursors.add(new ScriptedCursor());
    cursors.use(id);

    cursors.killIdle(Duration.ofNanos(-1));

    assertThat(cursors.contains(id)).isTrue();
  }

  @Test
  void aCursorThatGaveItsLastIsForgotten() {
    ScriptedCursor cursor = new ScriptedCursor();
    long id = cursors.add(cursor);
    cursors.use(id);
    cursor.exhausted = true;

    cursors.release(id);

    assertThat(cursors.size()).isZero();
  }
}
