package dev.sluice.embedded;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The embedded servers of {@code make local-start}: on the addresses of docker-compose.yaml, until
 * the process is told to end.
 */
public final class LocalServers {
  private static final int AMQP_PORT = 5673;

  private LocalServers() {}

  public static void main(String[] args) throws InterruptedException {
    Path data = Path.of(args[0]);
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.countDown();
                  try {
                    stopped.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try (EmbeddedReplicaSet mongo =
            EmbeddedReplicaSet.builder()
                .name("my-replica-set")
                .ports(30001, 30002, 30003)
                .dataDirectory(data.resolve("mongo"))
                .start();
        EmbeddedBroker rabbit = EmbeddedBroker.start(AMQP_PORT)) {
      System.out.println("READY " + mongo.uri() + " " + rabbit.uri());
      stop.await();
    } finally {
      stopped.countDown();
    }
  }
}
