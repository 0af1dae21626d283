package dev.sluice.it;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.consuming.AcknowledgeAfterWork;
import dev.sluice.testing.TestRabbit;
import java.sql.DriverManager;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A consumer process that crashes by chance, before its work and between its work and the
 * acknowledgement, and is started again at once with nothing but what is in its database.
 */
final class CrashingConsumer implements AutoCloseable {
  /** Makes a recipe, as at the start of a process. */
  interface Recipe {
    AcknowledgeAfterWork.Work over(java.sql.Connection database) throws Exception;
  }

  /** Messages to one crash: several crashes in each test, and not most of the time starting. */
  private static final int CRASH_ONCE_IN = 40;

  private final String queue;
  private final String database;
  private final Recipe recipe;
  private final Random random;
  private final Thread life = new Thread(this::live, "crashing-consumer");
  private final AtomicInteger crashes = new AtomicInteger();
  private volatile boolean closed;
  private volatile Connection connection;

  CrashingConsumer(String queue, String database, long seed, Recipe recipe) {
    this.queue = queue;
    this.database = database;
    this.recipe = recipe;
    this.random = new Random(seed);
    life.start();
  }

  int crashes() {
    return crashes.get();
  }

  private void live() {
    while (!closed) {
      CountDownLatch over = new CountDownLatch(1);
      try (Connection opened = TestRabbit.shared().connect();
          java.sql.Connection sql = DriverManager.getConnection(database)) {
        connection = opened;
        if (closed) {
          // It was killed while this connection came about, by the one before it.
          return;
        }
        Channel channel = opened.createChannel();
        channel.addShutdownListener(cause -> over.countDown());
        AcknowledgeAfterWork.Work work = recipe.over(sql);
        AcknowledgeAfterWork.consume(channel, queue, delivery -> doOrCrash(work, delivery));
        over.await();
      } catch (Exception e) {
        if (!closed) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private void doOrCrash(AcknowledgeAfterWork.Work work, Delivery delivery) throws Exception {
    crashByChance();
    work.on(delivery);
    crashByChance();
  }

  private void crashByChance() {
    if (!closed && random.nextInt(2 * CRASH_ONCE_IN) == 0) {
      crashes.incrementAndGet();
      throw new IllegalStateException("a crash for a test");
    }
  }

  /** As a power failure: what it has not acknowledged goes to the next consumer. */
  void kill() {
    closed = true;
    connection.abort();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
    life.join();
  }
}
