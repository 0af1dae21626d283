package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Commit;
import dev.sluice.change.Transaction;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.json.BsonPieces;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.testing.TransactionEvents;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventLineTest {
  @ParameterizedTest
  @EnumSource(EventFormat.class)
  void showsOperationPlaceIdAndDocumentInEveryFormat(EventFormat format) {
    byte[] bson =
        BsonPieces.parse(
            "{\"_id\": {\"_data\": \"826B00EF98\"}, \"operationType\": \"insert\","
                + " \"clusterTime\": {\"$timestamp\": {\"t\": 1795136523, \"i\": 5}},"
                + " \"fullDocument\": {\"_id\": 7, \"word\": \"QUIZ\"},"
                + " \"ns\": {\"db\": \"scrabble\", \"coll\": \"plays\"}, \"documentKey\": {\"_id\": 7}}");

    String line =
        new EventLine(false).of(delivery(encode(format, new ChangeEvent(bson, 0, bson.length, 0))));

    assertThat(line).startsWith("insert  scrabble.plays 7 ").contains("QUIZ");
  }

  @ParameterizedTest
  @EnumSource(EventFormat.class)
  void showsHowManyEventsATransactionHad(EventFormat format) {
    ChangeEvent event = TransactionEvents.inTransaction(2, 0, UUID.randomUUID(), 16, "plays", 1);
    Commit commit =
        new Commit(
            Transaction.of(event).orElseThrow(),
            event.order(),
            List.of(new Commit.Count(event.namespace(), 1)));

    String line = new EventLine(false).of(delivery(encode(format, commit)));

    assertThat(line).startsWith("commit  [{\"").contains("plays").doesNotContain("null");
  }

  private static Message encode(EventFormat format, Change event) {
    return new EnvelopeEncoder(
            new EnvelopeSettings(
                "p",
                Scope.of("scrabble", "plays"),
                View.NEW_IMAGE,
                format,
                JsonMode.RELAXED,
                Long.MAX_VALUE),
            1 << 20)
        .encode(event);
  }

  private static Delivery delivery(Message message) {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder()
            .type(message.type())
            .contentType(message.content().type())
            .headers(message.headers())
            .build();
    return new Delivery(
        new Envelope(1, false, "", message.routingKey()), properties, message.body());
  }
}
