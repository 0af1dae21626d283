package dev.sluice.bench;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.cli.Targets;
import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Json;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * The targets that call others, without a queue in front: a receiver that takes 5 ms for each
 * answer, with more and more workers, and a command that reads and does nothing.
 */
final class CallsBench {
  private static final int BATCH = 500;
  private static final long ANSWER_NANOS = 5_000_000;
  private static final double NANOS = 1e9;

  private final String document;

  /**
   * @param filler makes up the size of the documents
   */
  CallsBench(String filler) {
    this.document = "{\"word\": \"QUIZ\", \"filler\": \"" + filler + "\"}";
  }

  void run() throws IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          LockSupport.parkNanos(ANSWER_NANOS);
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      table(
          "http://127.0.0.1:" + server.getAddress().getPort() + "/",
          "5 ms an answer",
          4,
          1,
          2,
          4,
          8);
      table("exec:cat > /dev/null", "a run a batch", 40, 1);
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private void table(String uri, String what, int batches, int... counts) {
    System.out.printf("%n| %s (%s) | events/s | of one worker |%n|---|---|---|%n", uri, what);
    double one = 0;
    for (int workers : counts) {
      CallSettings calls = new CallSettings(workers, CallSettings.DEFAULT.timeout());
      try (Target target = Targets.opener(TargetUri.parse(uri), calls, Optional.empty()).open()) {
        target.apply(batch(0));
        long begin = System.nanoTime();
        for (int n = 1; n <= batches; n++) {
          target.apply(batch(n));
        }
        double perSecond = batches * BATCH * NANOS / (System.nanoTime() - begin);
        one = workers == 1 ? perSecond : one;
        System.out.printf(
            Locale.ROOT, "| %d workers | %,.0f | %.1f |%n", workers, perSecond, perSecond / one);
      }
    }
  }

  private Batch batch(int n) {
    List<Event> events = new ArrayList<>(BATCH);
    for (int i = n * BATCH; i < (n + 1) * BATCH; i++) {
      events.add(
          new Event(
              String.format(Locale.ROOT, "%032x", i),
              EventType.INSERT,
              new Namespace("scrabble", "plays"),
              new DocumentKey(String.format(Locale.ROOT, "%024x", i), "objectId"),
              new ChangePosition(0x6aff9c0b00000000L + i, 0).text(),
              Event.State.PRESENT,
              Json.of(document),
              Map.of()));
    }
    return new Batch(events);
  }
}
