package dev.sluice.embedded;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The embedded servers of {@code make local-start}: on the ports of docker-compose.yaml, until the
 * process is told to end.
 */
public final class LocalServers {
  private LocalServers() {}

  /**
   * @param args the directory for the data, the three ports of MongoDB, the port of the broker
   */
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
                .ports(port(args[1]), port(args[2]), port(args[3]))
                .dataDirectory(data.resolve("mongo"))
                .start();
        EmbeddedBroker rabbit = EmbeddedBroker.start(port(args[4]))) {
      System.out.println("READY " + mongo.uri() + " " + rabbit.uri());
      stop.await();
    } finally {
      stopped.countDown();
    }
  }

  private static int port(String text) {
    return Integer.parseInt(text);
  }
}
