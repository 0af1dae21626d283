package dev.sluice.rabbit;

import static dev.sluice.rabbit.NumberStreams.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.config.RabbitSettings;
import dev.sluice.consume.Incoming;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.ReaderFacts.Kept;
import dev.sluice.rabbit.ReaderFacts.Next;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A stream, on each RabbitMQ of this machine: each reader goes on where it stood, and is told what
 * it has not seen.
 */
class StreamInboxIT extends OnEachRabbit {
  @Test
  void eachNameGoesOnWhereItStoodAndHasOneReader() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 10, 1);
    try (NumberReader one = streams.reader(stream, "one", null, false)) {
      assertThat(one.inbox.isAlone()).isTrue();
      assertThat(one.read(4)).isEqualTo(numbers(0, 4));
      assertThat(one.next().offset()).isEqualTo(4);
      PipelineException second =
          catchThrowableOfType(
              PipelineException.class, () -> streams.reader(stream, "one", null, false).close());
      assertThat(second.kind()).isEqualTo(FailureKind.TRANSIENT);
      assertThat(second).hasMessageContaining("is read by another consumer of the name \"one\"");
      try (NumberReader other = streams.reader(stream, "other", "7", false)) {
        assertThat(other.read(3)).isEqualTo(numbers(7, 10));
      }
    }

    // Where it stood counts, and not what it is told.
    try (NumberReader again = streams.reader(stream, "one", "9", false)) {
      assertThat(again.read(6)).isEqualTo(numbers(4, 10));
      streams.publish(stream, 10, 12, 1);
      assertThat(again.read(2)).isEqualTo(numbers(10, 12));
    }
  }

  /** A name behind a dot may be a stream's as well, and both keep their offset in one queue. */
  @Test
  void anOffsetOfAnotherStreamIsNotTakenForOnesOwn() throws Exception {
    String stream = streams.make(Map.of());
    String likeItsReader = stream + ".one";
    streams.declare(likeItsReader, Map.of());
    streams.publish(stream, 0, 10, 1);
    streams.publish(likeItsReader, 20, 30, 1);
    try (NumberReader one = streams.reader(stream, "one", null, false)) {
      assertThat(one.read(4)).isEqualTo(numbers(0, 4));
    }

    PipelineException refused =
        catchThrowableOfType(
            PipelineException.class,
            () -> streams.reader(likeItsReader, likeItsReader, null, false).close());
    assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refused)
        .hasMessage(
            "The queue \"%s.offset\" keeps where a consumer of the stream \"%s\" is, and so not of"
                + " the stream \"%s\": give this consumer another --name",
            likeItsReader, stream, likeItsReader);
    try (NumberReader named = streams.reader(likeItsReader, "two", null, false);
        NumberReader one = streams.reader(stream, "one", null, false)) {
      assertThat(named.read(10)).isEqualTo(numbers(20, 30));
      assertThat(one.read(6)).isEqualTo(numbers(4, 10));
    }
  }

  @Test
  void aReaderKnowsHowManyMessagesItIsBehind() throws Exception {
    String stream = streams.make(Map.of());
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      assertThat(reader.inbox.behind()).isEmpty();
      streams.publish(stream, 0, 10, 1);
      // By itself, so that it is a chunk of its own.
      streams.publish(stream, 10, 11, 1);
      reader.next();
      assertThat(reader.inbox.behind()).hasValue(11);
      ReaderFacts.Reader seen = streams.seen(stream, "name");
      assertThat(seen.isRead()).isTrue();
      assertThat(seen.kept()).isEqualTo(Kept.BEGINNING);
      // The message that came first, which is still to be there should none be done for long.
      assertThat(seen.beginning()).hasValue("0");
    }
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      reader.read(4);
      assertThat(reader.inbox.behind()).hasValue(7);
    }
    ReaderFacts.Reader seen = streams.seen(stream, "name");
    assertThat(seen.lacking()).isEmpty();
    assertThat(seen.isRead()).isFalse();
    assertThat(seen.kept()).isEqualTo(Kept.DONE);
    assertThat(seen.done()).hasValue(3);
    assertThat(seen.oldest()).hasValue(0);
    assertThat(seen.behind()).isEqualTo(7);
    assertThat(seen.next()).isEqualTo(Next.AS_IT_WAS);
    try (NumberReader reader = streams.reader(stream, "name", null, false)) {
      assertThat(reader.inbox.behind()).hasValue(7);
      reader.read(7);
      assertThat(reader.inbox.behind()).hasValue(0);
    }
  }

  @Test
  void lookingMakesNothingAndNamesWhatIsMissing() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 1, 1);
    assertThat(streams.seen(stream, "name").kept()).isEqualTo(Kept.NOTHING);
    assertThat(streams.seen("nosuch", "name").outlet()).isEqualTo(ReaderFacts.Outlet.MISSING);

    node.addUser("reader", "hush");
    RabbitSettings reader = streams.rabbit("reader:hush");
    node.setPermissions("reader", "", "", "");
    assertThat(streams.seen(reader, stream, "name").lacking()).hasSize(7);
    String its = stream + "\\.name\\.";
    node.setPermissions(
        "reader",
        its + "(offset|reader)|" + stream + "\\.parked\\.reader",
        "amq\\.default",
        stream + "|" + its + "offset|" + stream + "\\.parked");
    assertThat(streams.seen(reader, stream, "name").lacking()).isEmpty();

    try (Connection connection = node.connect()) {
      Channel channel = connection.createChannel();
      String kept = stream + ".name.offset";
      // Refused if looking had made it.
      channel.queueDeclare(kept, true, false, false, Map.of("x-queue-type", "classic"));
      assertThat(streams.seen(stream, "name").kept()).isEqualTo(Kept.OF_OTHER_ARGUMENTS);
      assertThat(streams.seen(kept, "name").outlet()).isEqualTo(ReaderFacts.Outlet.NO_STREAM);
    }
  }

  /** An empty queue of it would have the next start begin at the beginning. */
  @Test
  void aFirstStartThatFailsLeavesNothingThatTheNextOneGoesBy() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 3, 1);
    String its = stream + "\\.name\\.";
    node.addUser("hasty", "hush");
    node.setPermissions("hasty", its + "(offset|reader)", "amq\\.default", its + "offset");

    assertThatThrownBy(
            () ->
                new NumberReader(
                        streams.rabbit("hasty:hush"),
                        streams.blocking(),
                        stream,
                        "name",
                        "last",
                        false)
                    .close())
        .isInstanceOf(PipelineException.class);

    assertThat(streams.seen(stream, "name").kept()).isEqualTo(Kept.NOTHING);
  }

  /** Its queues are those of whoever looks at what is parked. */
  @Test
  void theNameOfWhatIsParkedIsRefused() throws Exception {
    String stream = streams.make(Map.of());

    assertThatThrownBy(() -> streams.reader(stream, "parked", null, false))
        .isInstanceOfSatisfying(
            PipelineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED))
        .hasMessageContaining("cannot have the --name \"parked\"");
  }

  /** It is another stretch at each start; what comes between two of them is not passed over. */
  @Test
  void theLastStretchIsThatOfTheFirstStart() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 10, 1);
    streams.reader(stream, "name", "last", false).close();
    streams.publish(stream, 10, 15, 1);

    try (NumberReader reader = streams.reader(stream, "name", "last", false)) {
      assertThat(reader.next().offset()).isLessThan(10);
    }
  }

  @Test
  void aQueueIsToldFromAStreamWithoutSettings() throws Exception {
    String queue = TestRabbit.freshName("queue");
    try (Connection connection = node.connect()) {
      connection
          .createChannel()
          .queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
    }
    streams.publish(queue, 0, 1, 1);
    // It was in a stream before it was put here, with all that it had there.
    streams.publishWith(queue, Map.of("x-stream-offset", 7L));
    streams.publish(queue, 1, 2, 1);
    try (NumberReader reader = streams.reader(queue, "name", null, false)) {
      assertThat(reader.next().offset()).isEqualTo(Incoming.NO_OFFSET);
      assertThat(reader.next().offset()).isEqualTo(Incoming.NO_OFFSET);
      assertThat(reader.read(1)).containsExactly("1");
    }
    assertThat(
            catchThrowableOfType(
                PipelineException.class,
                () -> streams.reader(queue, "name", "first", false).close()))
        .hasMessageContaining("is no stream");
    assertThat(
            catchThrowableOfType(
                PipelineException.class,
                () -> streams.reader("nosuch", "name", null, false).close()))
        .hasMessageContaining("has no queue \"nosuch\"");
  }

  /** For a broker that takes an offset for any queue, as RabbitMQ did before 3.10. */
  @Test
  void aQueueIsToldFromAStreamByItsDeclarationToo() throws Exception {
    String stream = streams.make(Map.of("x-max-age", "1D"));
    String quorum = TestRabbit.freshName("queue");
    try (Connection connection = node.connect()) {
      Channel channel = connection.createChannel();
      channel.queueDeclare(quorum, true, false, false, Map.of("x-queue-type", "quorum"));
      String classic = TestRabbit.freshName("queue");
      channel.queueDeclare(classic, true, false, false, Map.of());

      assertThat(QueueKind.isDeclaredAsQueue(connection, stream)).isFalse();
      assertThat(QueueKind.isDeclaredAsQueue(connection, quorum)).isTrue();
      assertThat(QueueKind.isDeclaredAsQueue(connection, classic)).isTrue();
    }
  }

  /** RabbitMQ has given it to us, with headers that nearly fill a frame. */
  @Test
  void aMessageWhoseHeadersNearlyFillAFrameIsParkedWithoutThoseOfOthers() throws Exception {
    String stream = streams.make(Map.of());
    streams.publishWith(stream, Map.of("theirs", "x".repeat(130_500), "position", "1-1"));
    try (NumberReader one = streams.reader(stream, "one", null, false)) {
      Message message = one.next().message();
      Map<String, Object> headers = new HashMap<>(message.headers());
      headers.put(ParkedMessages.PARKED_BY, "one");
      headers.put(ParkedMessages.ERROR, "refused".repeat(140));
      for (String name : List.of("m", "n")) {
        one.inbox.park(
            new Message(
                message.body(),
                Content.JSON,
                name,
                stream + ".parked",
                "insert",
                0,
                headers,
                Destination.PARKING));
      }

      Map<String, Map<String, Object>> parked = new TreeMap<>();
      one.inbox.parked(each -> parked.put(each.messageId(), each.headers()));
      assertThat(parked).containsOnlyKeys("m", "n");
      assertThat(parked.get("m"))
          .containsEntry("position", "1-1")
          .containsEntry(ParkedMessages.PARKED_BY, "one")
          .containsKey(ParkedMessages.ERROR)
          .doesNotContainKey("theirs");
    }
  }

  @Test
  void whatOneHasParkedComesBackToItAlone() throws Exception {
    String stream = streams.make(Map.of());
    streams.publish(stream, 0, 2, 1);
    try (NumberReader one = streams.reader(stream, "one", null, false);
        NumberReader other = streams.reader(stream, "other", null, false)) {
      Message message = one.next().message();
      one.inbox.park(
          new Message(
              message.body(),
              Content.JSON,
              message.messageId(),
              stream + ".parked",
              "insert",
              0,
              Map.of(ParkedMessages.PARKED_BY, "one"),
              Destination.PARKING));
      List<String> parked = new ArrayList<>();
      try (RabbitConnection listing =
          new RabbitConnection(
              streams.rabbit().straightTo(stream), "listing", streams.blocking(), new Random())) {
        // As sluice parked has it in its hands while it lists.
        ParkingQueue parkedNow = new ParkingQueue(listing);
        await()
            .until(
                () ->
                    parkedNow
                            .messages()
                            .doOnNext(shown -> one.mustWaitForWhatIsParked())
                            .count()
                            .block()
                        == 1);
      }
      other.inbox.parked(each -> parked.add(each.messageId()));
      assertThat(parked).isEmpty();
      one.inbox.parked(each -> parked.add(each.messageId()));
      assertThat(parked).containsExactly("m0");
      try (RabbitConnection reading =
              new RabbitConnection(streams.rabbit(), "reading", streams.blocking(), new Random());
          RabbitConnection publishing =
              new RabbitConnection(
                  streams.rabbit(), "publishing", streams.blocking(), new Random())) {
        ParkedRelease back = new ParkedRelease(reading, publishing, stream);
        // RabbitMQ 3.10 does not count it at once.
        await().until(() -> back.release() == 1);
      }
      streams.publish(stream, 2, 3, 1);

      assertThat(one.read(3)).containsExactly("1", "0", "2");
      assertThat(other.read(3)).containsExactly("0", "1", "2");
    }
  }
}
