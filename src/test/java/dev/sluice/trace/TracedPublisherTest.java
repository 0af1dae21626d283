package dev.sluice.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import dev.sluice.pipeline.EventPublisher.ConfirmChannel;
import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.RecordedSpans;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class TracedPublisherTest {
  private static final Instant CAPTURED = Instant.parse("2026-11-20T01:02:03.120Z");

  private final RecordedSpans spans = new RecordedSpans();
  private final List<Message> published = new ArrayList<>();
  private final List<Message> asked = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();

  /** What the connection tells. */
  private Outcomes outcomes;

  private final ConfirmChannel channel =
      new TracedPublisher(this::open, spans, "sluice").open(new Hearing()).block();

  private Mono<ConfirmChannel> open(Outcomes telling) {
    outcomes = telling;
    return Mono.just(
        new ConfirmChannel() {
          @Override
          public void publish(long number, Message message, long document) {
            published.add(message);
          }

          @Override
          public boolean wantsToBeAlone(Message message) {
            asked.add(message);
            return false;
          }

          @Override
          public void flush() {
            heard.add("flush");
          }

          @Override
          public Mono<Void> close() {
            return Mono.empty();
          }
        });
  }

  private final class Hearing implements Outcomes {
    @Override
    public void confirmed(long first, long last) {
      heard.add("confirmed " + first + " " + last);
    }

    @Override
    public void refused(long number, String why) {
      heard.add("refused " + number);
    }

    @Override
    public void returned(String messageId, PipelineException failure) {
      heard.add("returned " + messageId);
    }

    @Override
    public void lost(PipelineException failure) {
      heard.add("lost");
    }

    @Override
    public void blocked(String reason) {
      heard.add("blocked");
    }

    @Override
    public void unblocked() {
      heard.add("unblocked");
    }
  }

  private void publish(long number, String... traceparent) {
    Map<String, Object> headers = new HashMap<>(Map.of("capturedAt", CAPTURED.toString()));
    for (String each : traceparent) {
      headers.put("traceparent", each);
    }
    channel.publish(number, message(number, headers), number);
  }

  private static Message message(long number, Map<String, Object> headers) {
    return new Message(
        new byte[0],
        Content.JSON,
        "m" + number,
        "a.b.insert",
        "insert",
        0,
        headers,
        Destination.EXCHANGE);
  }

  private String traceOf(int index) {
    return published.get(index).headers().get("traceparent").toString();
  }

  @Test
  void aBatchIsWhatIsFlushedTogetherFromItsCaptureToItsLastConfirm() {
    publish(1);
    publish(2);
    channel.flush();
    publish(3);
    channel.flush();

    assertThat(spans.all)
        .extracting(span -> span.name)
        .containsExactly("send sluice", "send sluice");
    assertThat(spans.all.get(0).beginMillis).isEqualTo(CAPTURED.toEpochMilli());
    String first = RecordedSpans.parent(1).text();
    assertThat(List.of(traceOf(0), traceOf(1), traceOf(2)))
        .containsExactly(first, first, RecordedSpans.parent(2).text());
    outcomes.confirmed(2, 3);
    assertThat(spans.all).extracting(span -> span.ended).containsExactly(false, true);
    outcomes.confirmed(1, 1);
    assertThat(spans.all).extracting(span -> span.ended).containsExactly(true, true);
    assertThat(spans.all).extracting(span -> span.messages).containsExactly(2, 1);
    assertThat(spans.all).extracting(span -> span.failure).containsOnlyNulls();
    assertThat(heard).containsExactly("flush", "flush", "confirmed 2 3", "confirmed 1 1");
  }

  /** Whether it fits a frame is asked before it has the header that is on it when it goes. */
  @Test
  void theChannelIsAskedForRoomWithAllThatWillBeThere() {
    channel.wantsToBeAlone(message(1, Map.of("id", "1")));
    publish(1);
    channel.wantsToBeAlone(published.get(0));

    assertThat(asked.get(0).headers()).containsKey("traceparent").containsEntry("id", "1");
    assertThat(asked.get(0).headers().get("traceparent").toString()).hasSameSizeAs(traceOf(0));
    assertThat(asked.get(1)).isSameAs(published.get(0));
  }

  @Test
  void aMessageOfATraceKeepsItAndItsBatchLinksToIt() {
    String own = RecordedSpans.parent(7).text();
    publish(1, own);
    publish(2);
    publish(3, own);
    publish(4, "QUIZ");
    channel.flush();

    assertThat(traceOf(0)).isEqualTo(own);
    assertThat(traceOf(1)).isEqualTo(RecordedSpans.parent(1).text());
    assertThat(traceOf(3)).isEqualTo("QUIZ");
    assertThat(spans.all).hasSize(1);
    assertThat(spans.all.get(0).links).containsExactly(RecordedSpans.parent(7));
  }

  @Test
  void aBatchDoesNotEndBeforeAllOfItIsThere() {
    publish(1);
    outcomes.confirmed(1, 1);
    assertThat(spans.all.get(0).ended).isFalse();
    publish(2);
    channel.flush();
    outcomes.confirmed(2, 2);

    assertThat(spans.all).hasSize(1);
    assertThat(spans.all.get(0).messages).isEqualTo(2);
  }

  @Test
  void whatIsRefusedStaysInItsBatch() {
    publish(1);
    channel.flush();
    outcomes.refused(1, "full");
    publish(2);
    publish(1);
    channel.flush();
    outcomes.confirmed(1, 2);

    assertThat(traceOf(2)).isEqualTo(traceOf(0));
    assertThat(spans.all).hasSize(2);
    assertThat(spans.all).extracting(span -> span.messages).containsExactly(1, 1);
    assertThat(spans.all).extracting(span -> span.ended).containsExactly(true, true);
  }

  @Test
  void whatTheChannelLosesHasFailed() {
    publish(1);
    channel.flush();
    publish(2);
    outcomes.lost(new PipelineException(FailureKind.TRANSIENT, "RabbitMQ is gone"));
    channel.close().block();

    assertThat(spans.all).extracting(span -> span.failure).containsOnly("RabbitMQ is gone");
    assertThat(heard).contains("lost");
  }

  @Test
  void aChannelThatEndsEndsItsSpans() {
    publish(1);
    channel.flush();
    channel.close().block();

    assertThat(spans.all.get(0).failure).startsWith("The channel ended");
  }

  @Test
  void neitherABatchNorItsLinksGrowWithoutBound() {
    for (int n = 1; n <= SentBatches.MOST_MESSAGES + 1; n++) {
      publish(n, RecordedSpans.parent(1000 + n).text());
    }
    channel.flush();
    outcomes.confirmed(1, SentBatches.MOST_MESSAGES + 1);

    assertThat(spans.all)
        .extracting(span -> span.messages)
        .containsExactly(SentBatches.MOST_MESSAGES, 1);
    assertThat(spans.all.get(0).links).hasSize(SentBatches.MOST_LINKS);
  }

  @Test
  void whatRabbitMqSaysIsPassedOn() {
    outcomes.refused(1, "full");
    outcomes.returned("m1", new PipelineException(FailureKind.UNROUTABLE, "no queue"));
    outcomes.blocked("memory");
    outcomes.unblocked();

    assertThat(heard).containsExactly("refused 1", "returned m1", "blocked", "unblocked");
    assertThat(spans.all).isEmpty();
  }
}
