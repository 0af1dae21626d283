package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testing.RecordedSpans;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracedTargetTest {
  private final RecordedSpans spans = new RecordedSpans();
  private final List<Batch> applied = new ArrayList<>();
  private RuntimeException failure;

  private final Target target =
      TracedTarget.opener(
              () ->
                  new Target() {
                    @Override
                    public void apply(Batch batch) {
                      if (failure != null) {
                        throw failure;
                      }
                      applied.add(batch);
                    }

                    @Override
                    public void close() {
                      applied.clear();
                    }
                  },
              spans,
              "q")
          .open();

  private static Event event(int n) {
    return insert(PLAYS, key(n), position(n), "{}");
  }

  private static Event event(int n, int trace) {
    return GivenEvents.in(RecordedSpans.parent(trace).text(), event(n));
  }

  @Test
  void aBatchGoesOnWithTheTracesOfItsMessagesEachOnce() {
    Batch batch = new Batch(List.of(event(1, 7), event(2), event(3, 8), event(4, 7)));
    target.apply(batch);

    assertThat(applied).containsExactly(batch);
    RecordedSpans.Recorded span = spans.all.get(0);
    assertThat(span.name).isEqualTo("process q");
    assertThat(span.links).containsExactly(RecordedSpans.parent(7), RecordedSpans.parent(8));
    assertThat(span.messages).isEqualTo(4);
    assertThat(span.failure).isNull();
  }

  @Test
  void aBatchThatIsRefusedHasFailed() {
    failure = TargetException.unavailable("It is away", null);

    assertThatThrownBy(() -> target.apply(new Batch(List.of(event(1))))).isSameAs(failure);
    assertThat(spans.all.get(0).ended).isTrue();
    assertThat(spans.all.get(0).failure).isEqualTo("It is away");
  }

  @Test
  void aDefectIsNoSuccess() {
    failure = new IllegalStateException("a defect");

    assertThatThrownBy(() -> target.apply(new Batch(List.of(event(1))))).isSameAs(failure);
    assertThat(spans.all.get(0).failure).isNotNull();
  }
}
