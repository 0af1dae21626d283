package dev.sluice.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A receiver on a free port that answers what a test wants. */
public final class HttpReceiver implements AutoCloseable {
  /** What one request gets. */
  public interface Answering {
    /** The status; may add headers to the exchange, and may wait. */
    int answer(HttpExchange exchange, String body) throws Exception;
  }

  /** What it was sent, and what it answered. */
  public record Received(String key, HttpExchange exchange, String body, int status) {
    public String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Answering answering;
  private final List<Received> received = new ArrayList<>();

  public HttpReceiver(Answering answering) throws IOException {
    this(answering, 0);
  }

  public HttpReceiver(Answering answering, int port) throws IOException {
    this.answering = answering;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status;
    try {
      status = answering.answer(exchange, body);
    } catch (Exception e) {
      exchange.close();
      return;
    }
    synchronized (received) {
      received.add(new Received(key(exchange), exchange, body, status));
    }
    // A body is a packet of its own, for which the client's acknowledgement is waited, 40 ms.
    if (status < 400) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      byte[] said = ("said " + status).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, said.length);
      exchange.getResponseBody().write(said);
    }
    exchange.close();
  }

  /** The key by which a repeat is told. */
  public static String key(HttpExchange exchange) {
    return exchange.getRequestHeaders().getFirst("Idempotency-Key");
  }

  /** All requests that were answered, in the order in which they came. */
  public List<Received> received() {
    synchronized (received) {
      return List.copyOf(received);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
