package dev.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Arrays;

/** The last ten minutes, for the page's curves. Thread-safe. */
public final class History {
  /** Often enough that an outage shows at once, seldom enough to cost nothing. */
  public static final Duration EVERY = Duration.ofSeconds(2);

  /** Ten minutes. */
  private static final int KEPT = 300;

  /**
   * One moment; {@code NaN} for what is not known.
   *
   * @param perSecond how much came through since the moment before
   * @param latencyMillis of nearly all that came through since then
   */
  record Sample(double perSecond, double lagSeconds, double latencyMillis, double inFlight) {}

  private final Sample[] ring = new Sample[KEPT];
  private int next;

  synchronized void add(Sample sample) {
    ring[next] = sample;
    next = (next + 1) % KEPT;
  }

  /** Oldest first. */
  synchronized ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("everySeconds", EVERY.toSeconds());
    ArrayNode perSecond = json.putArray("perSecond");
    ArrayNode lag = json.putArray("lagSeconds");
    ArrayNode latency = json.putArray("latencyMillis");
    ArrayNode inFlight = json.putArray("inFlight");
    Sample[] ordered = Arrays.copyOfRange(ring, next, next + KEPT);
    System.arraycopy(ring, 0, ordered, KEPT - next, next);
    for (Sample sample : ordered) {
      if (sample != null) {
        add(perSecond, sample.perSecond());
        add(lag, sample.lagSeconds());
        add(latency, sample.latencyMillis());
        add(inFlight, sample.inFlight());
      }
    }
    return json;
  }

  private static void add(ArrayNode array, double value) {
    if (Double.isNaN(value)) {
      array.addNull();
    } else {
      array.add(rounded(value));
    }
  }

  /** To thousandths: what is behind them only makes the text longer. */
  static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
