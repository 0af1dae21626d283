package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testing.Chromium;
import dev.sluice.testing.ChromiumTab;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page at {@code /} in a real Chromium: before a pipeline whose RabbitMQ goes away, and fed
 * with each state by {@link ScriptedStatus}. Pictures of all of them are left in {@code
 * target/page}, for whoever changes the page to look at.
 */
class PageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What is promised of a Sluice that does not answer. */
  private static final Duration SHOWN_WITHIN = Duration.ofSeconds(2);

  private static final Path PICTURES = Path.of("target", "page");

  /** Stages of the way, as they are counted. */
  private static final int STREAM = 2;

  private static final int ENCODER = 3;
  private static final int RABBITMQ = 5;

  private static final int WIDE = 1280;
  private static final int PHONE = 360;
  private static final int SMALLEST = 320;
  private static final int HEIGHT = 800;

  private static final Map<String, Consumer<ScriptedStatus>> STATES = new LinkedHashMap<>();

  static {
    STATES.put("streaming", ScriptedStatus::streaming);
    STATES.put("blocked", ScriptedStatus::blocked);
    STATES.put("backing-off", ScriptedStatus::backingOff);
    STATES.put("snapshot", ScriptedStatus::snapshot);
    STATES.put("starting", ScriptedStatus::empty);
    STATES.put("consumer", ScriptedStatus::consumer);
  }

  private static Chromium chromium;
  private static String axe;
  private static ScriptedStatus sluice;
  private ChromiumTab tab;

  @BeforeAll
  static void launch() throws IOException {
    assumeTrue(Chromium.isInstalled(), "chromium is not installed");
    chromium = Chromium.launch();
    sluice = new ScriptedStatus(FreePorts.one());
    String script = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (InputStream in = PageIT.class.getResourceAsStream(script)) {
      axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.createDirectories(PICTURES);
  }

  @AfterAll
  static void close() {
    if (sluice != null) {
      sluice.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void open() {
    sluice.streaming();
    tab = chromium.newTab();
    tab.resize(WIDE, HEIGHT);
    tab.open(sluice.uri());
    awaitState("STREAMING");
  }

  @AfterEach
  void closeTab() {
    tab.close();
  }

  private void awaitState(String state) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> state.equals(tab.evaluate("document.body.dataset.state").textValue()));
  }

  private long figure(int stage) {
    return Long.parseLong(
        tab.text(".stage:nth-child(" + stage + ") .figure").replace(",", "").trim());
  }

  @Test
  void figuresMoveAtEachStageAndTheWaterWithThem() throws IOException {
    List<Long> first = List.of(figure(STREAM), figure(ENCODER), figure(RABBITMQ));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(figure(STREAM)).isGreaterThan(first.get(0));
              assertThat(figure(ENCODER)).isGreaterThan(first.get(1));
              assertThat(figure(RABBITMQ)).isGreaterThan(first.get(2));
              assertThat(tab.text(".stage:nth-child(" + RABBITMQ + ") .rate"))
                  .matches("[\\d,]+ /s");
              assertThat(tab.evaluate("document.querySelectorAll('.flows').length").intValue())
                  .isEqualTo(6);
            });
    assertThat(tab.evaluate("document.querySelectorAll('.curve[d^=M]').length").intValue())
        .isEqualTo(4);
    Files.write(PICTURES.resolve("flowing.png"), tab.screenshot());
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void eachStateIsSaidInWordsAndInTheTitle() {
    assertThat(tab.evaluate("document.title").textValue())
        .isEqualTo("STREAMING · scrabble-cdc · Sluice");

    sluice.blocked();
    awaitState("BLOCKED");
    assertThat(tab.text("main")).contains("Blocked", "because of an alarm", "low on memory");
    assertThat(tab.text("#not-ready")).contains("free memory there").doesNotContain("BLOCKED:");
    assertThat(tab.text("#spoken")).startsWith("Blocked. RabbitMQ takes nothing");
    assertThat(tab.evaluate("document.title").textValue()).startsWith("BLOCKED");
    assertThat(tab.evaluate("document.querySelector('.shut h3').textContent").textValue())
        .isEqualTo("RabbitMQ");

    sluice.backingOff();
    awaitState("BACKING_OFF");
    assertThat(tab.text("#failures"))
        .contains(
            "cannot be reached", "tried again. If it lasts:", "give user sluice the permission");
    assertThat(tab.text("#older")).contains("4 older");
    assertThat(tab.text(".shut")).contains("RabbitMQ", "not reached");
    assertThat(tab.text("#headroom-note")).startsWith("Low: ");

    sluice.snapshot();
    awaitState("STREAMING");
    assertThat(tab.text("#snapshot")).contains("42 %", "about 9,800,000 documents", "57 ranges");

    sluice.consumer();
    await().atMost(PATIENCE).until(() -> tab.text("#way").contains("Target"));
    assertThat(tab.text("#way")).contains("Queue", "Batch", "password=***").doesNotContain("null");
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void saysWithinTwoSecondsThatNothingAnswersAndRecovers() throws IOException {
    assertShownInTime(sluice::shut, "cannot be reached");
    assertThat(tab.evaluate("document.title").textValue())
        .isEqualTo("NO ANSWER · scrabble-cdc · Sluice");
    assertThat(tab.text("#spoken")).startsWith("No answer. ");
    Files.write(PICTURES.resolve("no-answer.png"), tab.screenshot());
    sluice.open();
    awaitState("STREAMING");
    assertThat(tab.text("main")).doesNotContain("cannot be reached");

    assertShownInTime(sluice::hang, "has not answered");
    sluice.answerAgain();
    awaitState("STREAMING");

    assertShownInTime(() -> sluice.fail(true), "with 500");
    sluice.fail(false);
    awaitState("STREAMING");
    // The browser itself notes each request that fails; the page adds nothing.
    assertThat(tab.complaints()).allMatch(said -> said.startsWith("network: "));
  }

  private void assertShownInTime(Runnable outage, String words) {
    long began = now();
    noteWhenShown("UNREACHABLE");
    outage.run();
    awaitState("UNREACHABLE");
    assertThat(tab.text("#unreachable")).contains(words);
    assertShownWithin(SHOWN_WITHIN, began);
  }

  private long now() {
    return tab.evaluate("Date.now()").longValue();
  }

  /** Has the page itself look: a machine that is busy would be late in asking it. */
  private void noteWhenShown(String state) {
    tab.evaluate(
        """
        new MutationObserver((changes, observer) => {
          if (document.body.dataset.state === '%s') {
            window.shownAt = Date.now();
            observer.disconnect();
          }
        }).observe(document.body, {attributes: true}); 0"""
            .formatted(state));
  }

  private void assertShownWithin(Duration promised, long sinceMillis) {
    long shownAt = tab.evaluate("window.shownAt").longValue();
    assertThat(Duration.ofMillis(shownAt - sinceMillis)).isLessThanOrEqualTo(promised);
  }

  @Test
  void aBrokersOutageShowsWithinTwoSecondsAndGoesAgain() throws Exception {
    RabbitNode node = FaultyRabbit.node();
    String address = "127.0.0.1:" + FreePorts.one();
    try (PipelineUnderTest pipeline = FaultyRabbit.pipeline(Map.of("SLUICE_HTTP", address));
        SluiceProcess ignored = SluiceProcess.run(pipeline.environment()).awaitStreaming()) {
      tab.open("http://" + address + "/");
      awaitState("STREAMING");
      FaultyRabbit.insert(pipeline, 0, 100);
      await().atMost(PATIENCE).until(() -> figure(RABBITMQ) == 100);
      assertThat(tab.text("#way")).contains(pipeline.database() + ".scrabble", pipeline.queue());

      noteWhenShown("BACKING_OFF");
      node.stopApp();
      try {
        awaitState("BACKING_OFF");
        assertShownWithin(
            SHOWN_WITHIN,
            tab.evaluate("fetch('status').then(a => a.json()).then(s => Date.parse(s.state.since))")
                .longValue());
        assertThat(tab.text("#failures")).contains("Transient", "RabbitMQ");
        assertThat(tab.text(".shut")).contains("RabbitMQ", "not reached");
        Files.write(PICTURES.resolve("outage.png"), tab.screenshot());
      } finally {
        node.startApp();
      }

      FaultyRabbit.insert(pipeline, 100, 200);
      awaitState("STREAMING");
      await().atMost(FaultyRabbit.PATIENCE).until(() -> figure(RABBITMQ) >= 200);
      assertThat(tab.evaluate("document.querySelector('.shut')").isNull()).isTrue();
      assertThat(tab.complaints()).isEmpty();
    }
  }

  @Test
  void textOfOthersIsShownAsText() {
    String html = "<img src=x onerror=alert(1)><b>bold</b>";
    sluice.texts(html);
    awaitState("BACKING_OFF");
    tab.evaluate("document.getElementById('settings').open = true");

    for (String part :
        List.of("h1", "header", "#reason", "#not-ready", "#way", "#failures", "#counts")) {
      assertThat(tab.text(part)).as(part).containsIgnoringCase(html);
    }
    assertThat(tab.text("#settings-table")).contains(html);
    assertThat(tab.evaluate("document.querySelectorAll('main img, b').length").intValue()).isZero();
    assertThat(tab.complaints()).isEmpty();
  }

  @Test
  void settingsThatWereGivenComeFirstAndTheRestIsThereToo() {
    tab.evaluate("document.getElementById('settings').open = true");

    assertThat(tab.text("#settings summary")).contains("2 given, 2 by default");
    assertThat(tab.text("#settings-table"))
        .containsSubsequence("RABBITMQ_URI", "***", "environment", "SLUICE_HTTP", ".env file")
        .contains("MONGO_DATABASE_NAME");
  }

  @Test
  void everythingIsReachedByTheKeyboardAndSeenToBe() {
    tab.evaluate("document.body.focus()");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      tab.press("Tab");
      reached.add(tab.evaluate("document.activeElement.innerText").textValue().split("\n")[0]);
      assertThat(tab.evaluate("getComputedStyle(document.activeElement).outlineStyle").textValue())
          .isEqualTo("solid");
      if (reached.get(i).startsWith("Effective")) {
        tab.press("Enter");
      }
    }

    assertThat(reached)
        .hasSize(6)
        .satisfies(all -> assertThat(all.get(1)).startsWith("Effective settings"))
        .contains("To the figures", "/status", "/metrics", "/readyz", "/livez");
    assertThat(tab.evaluate("document.getElementById('settings').open").booleanValue()).isTrue();
  }

  @Test
  void nothingMovesForThoseWhoWantItStill() {
    tab.prefer("prefers-reduced-motion", "reduce");

    await()
        .atMost(PATIENCE)
        .until(() -> tab.evaluate("document.querySelector('.flows') !== null").booleanValue());
    assertThat(tab.evaluate("document.getAnimations().length").intValue()).isZero();
  }

  @Test
  void axeFindsNothingAndNothingIsCutOffInAnyStateWideNarrowLightOrDark() throws IOException {
    tab.evaluate(axe + "; 0");
    for (Map.Entry<String, Consumer<ScriptedStatus>> state : STATES.entrySet()) {
      String before = tab.text("body");
      state.getValue().accept(sluice);
      await().atMost(PATIENCE).until(() -> !tab.text("body").equals(before));
      tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)");
      assertClean(state.getKey() + "-light-wide", "light", WIDE);
      assertClean(state.getKey() + "-dark-narrow", "dark", PHONE);
      tab.resize(SMALLEST, HEIGHT);
      assertThat(tab.evaluate("document.documentElement.scrollWidth").intValue())
          .as(state.getKey() + " at " + SMALLEST)
          .isLessThanOrEqualTo(SMALLEST);
    }
    assertClean("consumer-dark-wide", "dark", WIDE);
    assertClean("consumer-light-narrow", "light", PHONE);
    // What axe itself paints, to see whether a font has signs in the place of letters.
    assertThat(tab.complaints()).allMatch(said -> said.startsWith("rendering: Canvas2D: "));
  }

  private void assertClean(String picture, String colours, int width) throws IOException {
    tab.prefer("prefers-color-scheme", colours);
    tab.resize(width, HEIGHT);
    assertThat(violations()).as(picture).isEmpty();
    Files.write(PICTURES.resolve(picture + ".png"), tab.screenshot());
  }

  private List<String> violations() {
    JsonNode found =
        tab.evaluate(
            """
            axe.run(document, {resultTypes: ['violations']}).then(result =>
              result.violations.flatMap(rule => rule.nodes.map(node =>
                rule.id + ' at ' + node.target.join(' ') + ': ' + node.failureSummary)))""");
    List<String> all = new ArrayList<>();
    found.forEach(each -> all.add(each.textValue()));
    return all;
  }
}
