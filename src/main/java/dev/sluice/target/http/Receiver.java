package dev.sluice.target.http;

import dev.sluice.config.TlsFiles;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.JsonLine;
import dev.sluice.consume.TargetException;
import dev.sluice.tls.PemContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;

/**
 * Who gets the events. Its connections stay open between them, and between one target and the next.
 * For several threads.
 */
final class Receiver {
  /** Whoever is there takes a connection within that. */
  private static final Duration CONNECTING = Duration.ofSeconds(10);

  /** Until then nothing is sent, because it said so. */
  private record Pause(long begin, long nanos, TargetException because) {
    boolean isOver() {
      return System.nanoTime() - begin >= nanos;
    }
  }

  private final HttpPlace place;
  private final Duration timeout;
  private final HttpClient client;
  private final AtomicReference<Pause> pause = new AtomicReference<>();

  Receiver(HttpPlace place, Duration timeout) {
    this.place = place;
    this.timeout = timeout;
    // HTTP/2 over plain text begins with an upgrade, which small receivers trip over.
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connecting())
            .followRedirects(HttpClient.Redirect.NEVER);
    if (place.tls().any()) {
      builder.sslContext(trusting(place.tls()));
    }
    this.client = builder.build();
  }

  private static SSLContext trusting(TlsFiles files) {
    try {
      return PemContext.of(files);
    } catch (WrongSettings e) {
      throw TargetException.unusable(e.getMessage().replaceFirst("\\.$", ""), e);
    }
  }

  private Duration connecting() {
    return timeout.compareTo(CONNECTING) < 0 ? timeout : CONNECTING;
  }

  /**
   * Sees that somebody listens, before messages are taken for it.
   *
   * @throws TargetException if not, or if it has asked for a pause that is not over
   */
  void requireThere() {
    Pause asked = pause.get();
    if (asked != null && !asked.isOver()) {
      throw asked.because();
    }
    ProxySelector proxies = ProxySelector.getDefault();
    if (proxies != null && !proxies.select(place.uri()).contains(Proxy.NO_PROXY)) {
      return;
    }
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(place.uri().getHost(), place.port()),
          (int) connecting().toMillis());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Returns when it has answered that it took the event.
   *
   * @throws TargetException if it did not
   */
  void send(Event event) {
    BeginningOfAnswer beginning = new BeginningOfAnswer();
    CompletableFuture<HttpResponse<Void>> sent =
        client.sendAsync(request(event), BodyHandlers.ofByteArrayConsumer(beginning));
    HttpResponse<Void> response;
    try {
      // The client's own time ends with the answer's headers; this one includes its body.
      response = sent.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw TargetException.unavailable(
          place + " did not answer within " + timeout.toMillis() + " ms (--timeout)", e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw TargetException.unavailable("The answer of " + place + " was not waited for", e);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
    Answer answer =
        new Answer(place.toString(), response.statusCode(), response.headers(), beginning.text());
    answer.failure(event).ifPresent(failure -> fail(answer, failure));
  }

  private void fail(Answer answer, TargetException failure) {
    if (failure.kind() == TargetException.Kind.UNAVAILABLE) {
      answer
          .retryAfter()
          .ifPresent(after -> pause.set(new Pause(System.nanoTime(), after.toNanos(), failure)));
    }
    throw failure;
  }

  private HttpRequest request(Event event) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(place.uri())
            .POST(BodyPublishers.ofByteArray(body(event)))
            .header("Content-Type", "application/json")
            .header("User-Agent", "sluice")
            .header("Idempotency-Key", event.messageId())
            .header("Sluice-Position", event.position())
            .header("Sluice-Operation", event.type().text());
    if (event.namespace() != null) {
      request.header("Sluice-Namespace", HeaderText.of(event.namespace().toString()));
    }
    place.authorization().ifPresent(login -> request.header("Authorization", login));
    return request.build();
  }

  private static byte[] body(Event event) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      JsonLine.write(event, body);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return body.toByteArray();
  }

  private TargetException failed(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof CertificateException) {
        return TargetException.unusable(
            "The certificate of "
                + place
                + " is not trusted here ("
                + each.getMessage()
                + "): name a PEM file with its authority by sluice.ca=FILE in the query of --to",
            failure);
      }
    }
    return unreachable(failure);
  }

  private TargetException unreachable(Throwable failure) {
    return TargetException.unavailable(place + " cannot be reached: " + failure, failure);
  }
}
