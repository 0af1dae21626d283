package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentIdsTest {
  private final SentIds sent = new SentIds();
  private final List<String> told = new ArrayList<>();
  private final Outcomes outcomes =
      new Outcomes() {
        @Override
        public void confirmed(long first, long last) {
          told.add(first + "-" + last);
        }

        @Override
        public void refused(long number, String why) {}

        @Override
        public void returned(String messageId, PipelineException failure) {}

        @Override
        public void lost(PipelineException failure) {}

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
      };

  private void confirmed(long... ids) {
    sent.confirmed(ids, outcomes);
  }

  @Test
  void numbersThatFollowOneAnotherAreToldOfTogether() {
    sent.add(70, 1);
    sent.add(90, 2);
    sent.add(91, 4);

    confirmed(70, 90, 91);

    assertThat(told).containsExactly("1-2", "4-4");
  }

  @Test
  void answersMayComeInAnyOrder() {
    sent.add(70, 1);
    sent.add(90, 2);

    confirmed(90);
    confirmed(70);

    assertThat(told).containsExactly("2-2", "1-1");
  }

  @Test
  void anAnswerThatNothingWasPublishedForIsNotCounted() {
    sent.add(70, 1);

    assertThatThrownBy(() -> confirmed(71)).hasMessageContaining("never published");
  }
}
