package dev.sluice.target.http;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.HttpReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HttpTargetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Event event(int n) {
    return insert(PLAYS, key(n), position(n), "{\"n\": " + n + "}");
  }

  private static Batch events(int count) {
    return new Batch(IntStream.range(0, count).mapToObj(HttpTargetTest::event).toList());
  }

  private static Target.Opener opener(int port, CallSettings calls) {
    return HttpTarget.opener(TargetUri.parse("http://localhost:" + port + "/events"), calls);
  }

  private static Target.Opener opener(HttpReceiver receiver) {
    return opener(receiver.port(), CallSettings.DEFAULT);
  }

  private static void apply(Target.Opener opener, Batch batch) {
    try (Target target = opener.open()) {
      target.apply(batch);
    }
  }

  private static TargetException failureOf(Target.Opener opener, Batch batch) {
    return catchThrowableOfType(TargetException.class, () -> apply(opener, batch));
  }

  private static List<String> keys(HttpReceiver receiver) {
    return receiver.received().stream().map(HttpReceiver.Received::key).toList();
  }

  private static List<String> ids(Batch batch) {
    return batch.events().stream().map(Event::messageId).toList();
  }

  @Test
  void postsEachEventAsALineOfJsonWithWhatAReceiverNeedsInHeaders() throws Exception {
    Namespace odd = new Namespace("scrabble", "plays 100% ä");
    Event first = event(1);
    Event second = insert(odd, new DocumentKey("QUIZ", "string"), position(2), "{}");
    Event third = whole(EventType.GAP, null, position(3), Map.of("gap", "{}"));
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 202)) {
      apply(opener(receiver), new Batch(List.of(first, second, third)));

      assertThat(keys(receiver))
          .containsExactly(first.messageId(), second.messageId(), third.messageId());
      HttpReceiver.Received one = receiver.received().get(0);
      assertThat(one.exchange().getRequestMethod()).isEqualTo("POST");
      assertThat(one.exchange().getProtocol()).isEqualTo("HTTP/1.1");
      assertThat(one.exchange().getRequestURI()).hasToString("/events");
      assertThat(one.header("Content-Type")).isEqualTo("application/json");
      assertThat(one.header("Sluice-Position")).isEqualTo(position(1));
      assertThat(one.header("Sluice-Operation")).isEqualTo("insert");
      assertThat(one.header("Sluice-Namespace")).isEqualTo("scrabble.plays");
      assertThat(one.header("Authorization")).isNull();
      assertThat(new ObjectMapper().readTree(one.body()).get("document").get("n").asInt())
          .isEqualTo(1);
      assertThat(one.body()).doesNotContain("\n");
      assertThat(receiver.received().get(1).header("Sluice-Namespace"))
          .isEqualTo("scrabble.plays%20100%25%20%C3%A4");
      assertThat(receiver.received().get(2).header("Sluice-Namespace")).isNull();
    }
  }

  @Test
  void goesOnOverTheSameConnection() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 200)) {
      Target.Opener opener = opener(receiver);
      apply(opener, events(20));
      apply(opener, events(20));

      assertThat(receiver.received())
          .extracting(received -> received.exchange().getRemoteAddress())
          .hasSize(40)
          .containsOnly(receiver.received().get(0).exchange().getRemoteAddress());
    }
  }

  @Test
  void sendsTheLoginAndShowsItNowhere() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 401)) {
      TargetUri uri =
          TargetUri.parse(
              "http://me:se%40cret+1@localhost:" + receiver.port() + "/events?token=hidden");
      TargetException failure = failureOf(HttpTarget.opener(uri, CallSettings.DEFAULT), events(3));

      HttpReceiver.Received only = receiver.received().get(0);
      // printf 'me:se@cret+1' | base64
      assertThat(only.header("Authorization")).isEqualTo("Basic bWU6c2VAY3JldCsx");
      assertThat(only.exchange().getRequestURI()).hasToString("/events?token=hidden");
      assertThat(receiver.received()).hasSize(1);
      assertThat(failure.kind()).isEqualTo(Kind.UNUSABLE);
      assertThat(failure)
          .hasMessageContaining("localhost:" + receiver.port() + "/events answers 401: said 401")
          .hasMessageContaining("write a login")
          .hasMessageNotContaining("cret")
          .hasMessageNotContaining("hidden");
      assertThat(uri.toString()).doesNotContain("cret").doesNotContain("hidden");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "302, UNUSABLE",
    "304, UNUSABLE",
    "400, REFUSED",
    "403, UNUSABLE",
    "404, UNUSABLE",
    "405, UNUSABLE",
    "408, UNAVAILABLE",
    "409, UNAVAILABLE",
    "410, UNUSABLE",
    "413, REFUSED",
    "415, UNUSABLE",
    "422, REFUSED",
    "425, UNAVAILABLE",
    "429, UNAVAILABLE",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE"
  })
  void isAnsweredByTheStatus(int status, Kind kind) throws Exception {
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> status)) {
      TargetException failure = failureOf(opener(receiver), events(2));

      assertThat(failure.kind()).isEqualTo(kind);
      assertThat(failure).hasMessageContaining("answers " + status);
      assertThat(receiver.received()).hasSize(1);
    }
  }

  @Test
  void namesTheEventThatIsRefusedAndSendsTheOthersOnce() throws Exception {
    Batch batch = events(10);
    Event wrong = batch.events().get(6);
    try (HttpReceiver receiver =
        new HttpReceiver(
            (exchange, body) -> HttpReceiver.key(exchange).equals(wrong.messageId()) ? 422 : 200)) {
      Target.Opener opener = opener(receiver);
      TargetException failure = failureOf(opener, batch);
      assertThat(failure.event()).containsSame(wrong);
      // As the loop goes on: what is before it, and what is behind.
      apply(opener, new Batch(batch.events().subList(0, 6)));
      apply(opener, new Batch(batch.events().subList(7, 10)));

      assertThat(keys(receiver)).containsExactlyElementsOf(ids(batch));
    }
  }

  @Test
  void goesOnWhereItWasWhenTheReceiverIsWellAgain() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    Batch batch = events(10);
    try (HttpReceiver receiver =
        new HttpReceiver((exchange, body) -> requests.incrementAndGet() == 4 ? 503 : 200)) {
      Target.Opener opener = opener(receiver);
      assertThat(failureOf(opener, batch).kind()).isEqualTo(Kind.UNAVAILABLE);
      apply(opener, batch);

      assertThat(receiver.received())
          .filteredOn(received -> received.status() == 200)
          .extracting(HttpReceiver.Received::key)
          .containsExactlyElementsOf(ids(batch));
    }
  }

  @Test
  void sendsAgainWhatComesAgainBehindABatchThatIsThrough() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 200)) {
      Target.Opener opener = opener(receiver);
      apply(opener, events(2));
      apply(opener, events(2));

      assertThat(receiver.received()).hasSize(4);
    }
  }

  @Test
  void doesNotAskAgainBeforeTheReceiverWantsIt() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (HttpReceiver receiver =
        new HttpReceiver(
            (exchange, body) -> {
              exchange.getResponseHeaders().set("Retry-After", "2");
              return requests.incrementAndGet() == 1 ? 429 : 200;
            })) {
      Target.Opener opener = opener(receiver);
      long begin = System.nanoTime();
      TargetException asked = failureOf(opener, events(1));
      assertThat(catchThrowableOfType(TargetException.class, opener::open)).isSameAs(asked);
      assertThat(receiver.received()).hasSize(1);

      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> apply(opener, events(1)));
      assertThat(System.nanoTime() - begin).isGreaterThan(1_900_000_000L);
      assertThat(receiver.received()).hasSize(2);
    }
  }

  @Test
  void aReceiverThatIsDownIsNoticedBeforeAMessageIsTaken() throws Exception {
    int port;
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 200)) {
      port = receiver.port();
    }
    Target.Opener opener = opener(port, CallSettings.DEFAULT);

    assertThatThrownBy(opener::open)
        .isInstanceOfSatisfying(
            TargetException.class,
            failure -> assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE))
        .hasMessageContaining("http://localhost:" + port + "/events cannot be reached");
    try (HttpReceiver again = new HttpReceiver((exchange, body) -> 200, port)) {
      apply(opener, events(1));
      assertThat(again.received()).hasSize(1);
    }
  }

  @Test
  void aReceiverThatGoesDownInTheMiddleIsUnavailable() throws Exception {
    try (HttpReceiver receiver =
        new HttpReceiver(
            (exchange, body) -> {
              throw new IOException("goes down");
            })) {
      TargetException failure = failureOf(opener(receiver), events(1));

      assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("cannot be reached");
    }
  }

  @Test
  void aReceiverThatHangsIsNotWaitedForForEver() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (HttpReceiver receiver =
        new HttpReceiver(
            (exchange, body) -> {
              end.await();
              return 200;
            })) {
      Target.Opener opener = opener(receiver.port(), new CallSettings(1, Duration.ofMillis(500)));
      TargetException failure = failureOf(opener, events(1));
      end.countDown();

      assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(failure).hasMessageContaining("did not answer within 500 ms (--timeout)");
    }
  }

  /** The client's own time ends with the headers. */
  @Test
  void aReceiverThatHangsInTheMiddleOfItsAnswerIsNotWaitedForEither() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      List<Socket> open = new ArrayList<>();
      Thread answering =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = server.accept();
                    open.add(socket);
                    socket
                        .getOutputStream()
                        .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun"
                                .getBytes(StandardCharsets.US_ASCII));
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      answering.start();
      Target.Opener opener =
          opener(server.getLocalPort(), new CallSettings(1, Duration.ofMillis(500)));

      assertThat(failureOf(opener, events(1)).kind()).isEqualTo(Kind.UNAVAILABLE);
      server.close();
      answering.join();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void severalWorkersKeepTheOrderOfEachDocument() throws Exception {
    Random random = new Random(1);
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      events.add(insert(PLAYS, key(n % 17), position(n), "{}"));
    }
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (HttpReceiver receiver =
        new HttpReceiver(
            (exchange, body) -> {
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              LockSupport.parkNanos(random.nextInt(3_000_000));
              underWay.decrementAndGet();
              return 200;
            })) {
      apply(opener(receiver.port(), new CallSettings(5, PATIENCE)), new Batch(events));

      assertThat(most.get()).isBetween(2, 5);
      assertThat(receiver.received()).hasSize(300);
      Map<String, String> last = new HashMap<>();
      for (HttpReceiver.Received received : receiver.received()) {
        String id = new ObjectMapper().readTree(received.body()).get("_id").asText();
        String before = last.put(id, received.header("Sluice-Position"));
        assertThat(before == null || before.compareTo(last.get(id)) < 0).isTrue();
      }
    }
  }

  @Test
  void aWorkerThatFailsLeavesNothingBehindThatWouldOvertake() throws Exception {
    Batch batch = events(60);
    AtomicInteger requests = new AtomicInteger();
    try (HttpReceiver receiver =
        new HttpReceiver((exchange, body) -> requests.incrementAndGet() % 20 == 0 ? 503 : 200)) {
      Target.Opener opener = opener(receiver.port(), new CallSettings(4, PATIENCE));
      await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> apply(opener, batch));

      assertThat(receiver.received())
          .filteredOn(received -> received.status() == 200)
          .extracting(HttpReceiver.Received::key)
          .containsExactlyInAnyOrderElementsOf(ids(batch));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http:",
    "http:host",
    "http:///path",
    "'http://host:port/'",
    "'http://u:p w@host/'",
    "'http://host/a b'",
    "http://host/#part"
  })
  void refusesWhatIsNoUrlWithoutShowingIt(String text) {
    assertThatThrownBy(() -> HttpTarget.opener(TargetUri.parse(text), CallSettings.DEFAULT))
        .isInstanceOfSatisfying(
            TargetException.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.UNUSABLE))
        .hasMessageContaining("is written as a URL")
        .hasMessageNotContaining("p w");
  }
}
