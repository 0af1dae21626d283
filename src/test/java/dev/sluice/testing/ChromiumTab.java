package dev.sluice.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * A tab of a {@link Chromium}: what a visitor does and sees, and what the console says.
 *
 * <p>Speaks the DevTools protocol (<a
 * href="https://chromedevtools.github.io/devtools-protocol/">chromedevtools.github.io</a>): JSON, a
 * number for each question, the same one on its answer. Whatever else comes is an event.
 */
public final class ChromiumTab implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private WebSocket socket;

  private ChromiumTab() {}

  static ChromiumTab connect(HttpClient http, URI address) {
    ChromiumTab tab = new ChromiumTab();
    tab.socket = http.newWebSocketBuilder().buildAsync(address, tab.new Listener()).join();
    List.of("Page", "Runtime", "Log").forEach(domain -> tab.call(domain + ".enable"));
    return tab;
  }

  /** Puts the parts of a text together; it comes in frames. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        take(read(whole));
      }
      from.request(1);
      return null;
    }
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void take(JsonNode message) {
    JsonNode parameters = message.path("params");
    if (message.has("id")) {
      asked.remove(message.path("id").intValue()).complete(message);
    } else if (message.path("method").textValue().equals("Runtime.exceptionThrown")) {
      complaints.add(parameters.path("exceptionDetails").toString());
    } else if (message.path("method").textValue().equals("Runtime.consoleAPICalled")) {
      complaints.add(parameters.path("type").textValue() + " " + parameters.path("args"));
    } else if (message.path("method").textValue().equals("Log.entryAdded")) {
      JsonNode entry = parameters.path("entry");
      complaints.add(entry.path("source").textValue() + ": " + entry.path("text").textValue());
    }
  }

  /**
   * Asks the browser.
   *
   * @param parameters names and values in turn; a value is a text, a number, a truth or a JSON node
   */
  private JsonNode call(String method, Object... parameters) {
    ObjectNode question = JSON.createObjectNode();
    int number = numbers.incrementAndGet();
    question.put("id", number).put("method", method);
    ObjectNode named = question.putObject("params");
    for (int i = 0; i < parameters.length; i += 2) {
      named.set((String) parameters[i], JSON.valueToTree(parameters[i + 1]));
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    asked.put(number, answer);
    socket.sendText(question.toString(), true).join();
    JsonNode got = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (got.has("error")) {
      throw new IllegalStateException(method + ": " + got.path("error"));
    }
    return got.path("result");
  }

  /** Opens a page and waits until its scripts have begun. */
  public void open(String uri) {
    call("Page.navigate", "url", uri);
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                evaluate("document.readyState + ' ' + location.href")
                    .textValue()
                    .equals("complete " + uri));
  }

  /** What an expression of JavaScript gives in the page; a promise is waited for. */
  public JsonNode evaluate(String expression) {
    JsonNode result =
        call(
            "Runtime.evaluate",
            "expression",
            expression,
            "returnByValue",
            true,
            "awaitPromise",
            true);
    if (result.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + result.path("exceptionDetails"));
    }
    return result.path("result").path("value");
  }

  /** The text of the first element that the selector finds, as a visitor reads it. */
  public String text(String selector) {
    return evaluate("document.querySelector('" + selector + "').innerText").textValue();
  }

  public void resize(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        "width",
        width,
        "height",
        height,
        "deviceScaleFactor",
        1,
        "mobile",
        false);
  }

  /** What the visitor's system prefers: {@code prefers-color-scheme} and the like. */
  public void prefer(String feature, String value) {
    ArrayNode features = JSON.createArrayNode();
    features.addObject().put("name", feature).put("value", value);
    call("Emulation.setEmulatedMedia", "features", features);
  }

  /** Presses and lets go: Tab or Enter. */
  public void press(String key) {
    int code = key.equals("Tab") ? 9 : 13;
    String text = key.equals("Enter") ? "\r" : "";
    for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          "type",
          type,
          "key",
          key,
          "code",
          key,
          "text",
          type.equals("keyUp") ? "" : text,
          "windowsVirtualKeyCode",
          code);
    }
  }

  /** The whole page as a PNG. */
  public byte[] screenshot() {
    String png =
        call("Page.captureScreenshot", "format", "png", "captureBeyondViewport", true)
            .path("data")
            .textValue();
    return Base64.getDecoder().decode(png);
  }

  /**
   * Whatever the console has shown since this was asked last: errors, refusals of the content
   * security policy, failed requests, messages of the page itself.
   */
  public List<String> complaints() {
    // Answers keep their order: what was complained of before this is here.
    evaluate("1");
    List<String> all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  @Override
  public void close() {
    call("Page.close");
    socket.abort();
  }
}
