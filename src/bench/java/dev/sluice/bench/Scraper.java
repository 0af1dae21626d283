package dev.sluice.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

/**
 * Reads of a process how it is, as an open page does and a scraper more seldom, as long as the
 * process lives.
 */
final class Scraper implements Runnable {
  /** As the page asks; a scraper does each 15 s. */
  private static final long PAUSE_MILLIS = 1_000;

  private final Process process;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private Scraper(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Begins at once, on a thread that ends with the process. */
  static void begin(Process process, int port) {
    Thread thread = new Thread(new Scraper(process, port), "bench-scraper");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    try {
      while (!process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        ask("/metrics");
        ask("/status");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** It may not listen yet, or not any more. */
  private void ask(String path) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      // The run's own figures say whether it went well.
    }
  }
}
