package dev.sluice.rabbit;

import static dev.sluice.rabbit.NumberStreams.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.ReaderFacts.Kept;
import dev.sluice.rabbit.ReaderFacts.Next;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a reader of a stream has not seen and will not see, on each RabbitMQ of this machine: it is
 * told, whether its retention, somebody who deletes it or a policy has removed it.
 */
class StreamLossIT extends OnEachRabbit {
  @Test
  void whatTheRetentionHasRemovedIsNotPassedOverInSilence() throws Exception {
    String stream =
        streams.make(
            Map.of("x-max-length-bytes", 60_000, "x-stream-max-segment-size-bytes", 20_000));
    streams.publish(stream, 0, 30, 100);
    try (NumberReader reader = streams.reader(stream, "name", null, false);
        NumberReader late = streams.reader(stream, "late", null, false)) {
      reader.read(30);
      late.next();
    }
    try (NumberReader late = streams.reader(stream, "late", null, false)) {
      assertThat(late.next().offset()).isZero();
    }
    streams.publish(stream, 30, 60, 1_000);
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      // Several segments further, whose own entries take offsets, and nothing is missing.
      assertThat(reader.read(30)).isEqualTo(numbers(30, 60));
    }
    streams.publish(stream, 60, 400, 1_000);
    assertThat(streams.seen(stream, "name").next()).isEqualTo(Next.REMOVED);

    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      PipelineException lost = reader.failure();
      assertThat(lost.kind()).isEqualTo(FailureKind.POSITION_LOST);
      assertThat(lost)
          .hasMessageContaining("no longer has what followed offset")
          .hasMessageContaining("--on-gap apply");
    }
    try (NumberReader reader = streams.reader(stream, "name", null, true)) {
      int first = Integer.parseInt(reader.read(1).get(0));
      assertThat(first).isBetween(200, 399);
      assertThat(reader.read(399 - first)).isEqualTo(numbers(first + 1, 400));
    }
    // Nothing was done yet.
    assertThat(streams.seen(stream, "late").next()).isEqualTo(Next.REMOVED);
    try (NumberReader late = streams.reader(stream, "late", null, false);
        NumberReader asked = streams.reader(stream, "asked", "40", false)) {
      PipelineException lost = late.failure();
      assertThat(lost.kind()).isEqualTo(FailureKind.POSITION_LOST);
      assertThat(lost)
          .hasMessageContaining("no longer has offset 0, where the consumer \"late\" began");
      assertThat(asked.failure())
          .hasMessageContaining(
              "no longer has offset 40, where the consumer \"asked\" is to begin");
    }
    long first;
    try (NumberReader late = streams.reader(stream, "late", null, true)) {
      first = late.next().offset();
    }
    try (NumberReader late = streams.reader(stream, "late", null, false)) {
      assertThat(late.next().offset()).isEqualTo(first);
    }
  }

  @Test
  void aStreamThatIsMadeAnewIsNotTakenForTheFormerOne() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 10, 1);
    try (NumberReader reader = streams.reader(stream, "name", null, false);
        NumberReader late = streams.reader(stream, "late", "3", false)) {
      reader.read(10);
      late.next();
    }
    streams.delete(stream);
    streams.declare(stream, Map.of());
    streams.publish(stream, 100, 105, 1);
    assertThat(streams.seen(stream, "name").next()).isEqualTo(Next.NOTHING);

    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      assertThat(reader.failure()).hasMessageContaining("ends before offset 9");
    }
    try (NumberReader late = streams.reader(stream, "late", null, false)) {
      assertThat(late.failure())
          .hasMessageContaining("at offset 3 than the one that the consumer \"late\" began with");
    }
    streams.publish(stream, 105, 120, 1);
    assertThat(streams.seen(stream, "name").next()).isEqualTo(Next.ANOTHER);
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      assertThat(reader.failure()).hasMessageContaining("has another message at offset 9");
    }
    try (NumberReader reader = streams.reader(stream, "name", null, true)) {
      assertThat(reader.failure().kind()).isEqualTo(FailureKind.TRANSIENT);
    }
    try (NumberReader reader = streams.reader(stream, "name", null, true)) {
      assertThat(reader.read(20)).isEqualTo(numbers(100, 120));
    }
  }

  @Test
  void whereWhatWasKeptIsGoneItBeginsAtTheBeginning() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 5, 1);
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      reader.read(5);
    }
    try (Connection connection = node.connect()) {
      connection.createChannel().queuePurge(stream + ".name.offset");
    }
    assertThat(streams.seen(stream, "name").kept()).isEqualTo(Kept.EMPTY);

    try (NumberReader reader = streams.reader(stream, "name", "3", false)) {
      assertThat(reader.read(5)).isEqualTo(numbers(0, 5));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void somebodyElsesMessageInThePlaceOfTheOffsetIsNamed(boolean withHeaders) throws Exception {
    String stream = streams.make(Map.of());
    streams.reader(stream, "one", null, false).close();
    String offset = stream + ".one.offset";
    if (withHeaders) {
      streams.publishWith(offset, Map.of("theirs", "x"));
    } else {
      streams.publish(offset, 0, 1, 1);
    }

    assertThatThrownBy(() -> streams.reader(stream, "one", null, false).close())
        .isInstanceOfSatisfying(
            PipelineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED))
        .hasMessageContaining("somebody else's message is in it");
  }
}
