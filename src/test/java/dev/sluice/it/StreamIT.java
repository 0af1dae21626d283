package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.TestRabbit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A stream in the place of the queue: published to as any other, and read as often as one likes.
 */
class StreamIT {
  private static final Map<String, String> STREAM =
      Map.of("SLUICE_QUEUE_TYPE", "stream", "SLUICE_ON_POISON", "park");

  @BeforeAll
  static void needsRabbitMq() {
    Assumptions.assumeTrue(TestRabbit.shared().isReal(), "the embedded broker has no streams");
  }

  private static EndedCommand tail(PipelineUnderTest sluice, String... options) {
    return EndedCommand.of(
        sluice.environment(),
        Stream.concat(Stream.of("tail"), Stream.of(options)).toArray(String[]::new));
  }

  /** The ids that it shows. */
  private static List<Integer> shown(PipelineUnderTest sluice, String from, int count) {
    EndedCommand ended = tail(sluice, "--from=" + from, "--count=" + count);
    assertThat(ended.code()).as(ended.err()).isZero();
    return ended.out().lines().map(line -> Integer.parseInt(line.split(" +")[2])).toList();
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void whatIsConfirmedIsReadFromAnyPlaceAndStaysThere() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(STREAM)) {
      sluice.start();
      FaultyRabbit.insert(sluice, 0, 50);
      assertThat(shown(sluice, "first", 50)).isEqualTo(numbers(0, 50));

      assertThat(shown(sluice, "first", 50)).isEqualTo(numbers(0, 50));
      assertThat(shown(sluice, "20", 30)).isEqualTo(numbers(20, 50));
      assertThat(shown(sluice, Instant.now().minusSeconds(3600).toString(), 3))
          .isEqualTo(numbers(0, 3));
      sluice.stop();
    }
  }

  /** With 406 for a queue of another type: it would be emptied by reading it. */
  @Test
  void aQueueThatIsNoStreamIsNotRead() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      EndedCommand quorum = tail(sluice, "--from=first");
      assertThat(quorum.code()).isEqualTo(3);
      assertThat(quorum.err()).contains("SLUICE_QUEUE_TYPE is quorum");

      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.queueDeclare(sluice.queue(), true, false, false, Map.of("x-queue-type", "quorum"));
      }
      sluice.environment().putAll(STREAM);
      for (String mode : List.of("declare", "verify", "none")) {
        sluice.environment().put("SLUICE_TOPOLOGY", mode);
        EndedCommand other = tail(sluice, "--from=first");
        assertThat(other.code()).as(mode).isEqualTo(3);
        assertThat(other.err()).contains("exists with other arguments");
      }
    }
  }

  @Test
  void aPlaceThatIsNoneIsRefused() {
    try (PipelineUnderTest sluice = new PipelineUnderTest(STREAM)) {
      assertThat(tail(sluice, "--from=yesterday").err()).contains("first, last, next, an offset");
      assertThat(tail(sluice, "--from=first", "--key=a.#").err()).contains("--key cannot choose");
    }
  }
}
