package dev.sluice.embedded.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.AmqpKeys;
import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.message.Message;
import dev.sluice.rabbit.stream.StreamProducer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamPeerTest {
  private static final Message MESSAGE =
      new Message(
          new byte[] {'{', '}'},
          Message.Content.JSON,
          "id",
          "key",
          "insert",
          0,
          Map.of(),
          Message.Destination.to("exchange"));

  @Test
  void whatIsPublishedIsConfirmed() throws Exception {
    try (StreamPeer peer = StreamPeer.start();
        StreamProducer producer = producer(new HostPort("127.0.0.1", peer.port()))) {
      CompletableFuture<long[]> confirmed = new CompletableFuture<>();
      Thread reading = new Thread(() -> producer.listen(completing(confirmed)));
      reading.start();

      producer.publish(3, MESSAGE, "exchange", "key", null);
      producer.publish(4, MESSAGE, "exchange", "key", null);
      producer.flush();

      assertThat(confirmed.get(10, TimeUnit.SECONDS)).containsExactly(3, 4);
      assertThat(peer.confirmed()).isEqualTo(2);
      producer.close();
      reading.join();
    }
  }

  private static StreamProducer producer(HostPort at) throws IOException {
    Broker broker =
        new Broker(
            List.of(at),
            false,
            TlsFiles.NONE,
            "user",
            new Secret("x"),
            "/",
            new AmqpKeys("user and password in RABBITMQ_URI", "RABBITMQ_URI"),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10));
    return StreamProducer.open(broker, at, Optional.empty(), "test", "plays", "pipeline#1");
  }

  private static StreamProducer.Outcomes completing(CompletableFuture<long[]> confirmed) {
    return new StreamProducer.Outcomes() {
      @Override
      public void confirmed(long[] ids) {
        confirmed.complete(ids);
      }

      @Override
      public void lost(IOException why) {
        confirmed.completeExceptionally(why);
      }
    };
  }
}
