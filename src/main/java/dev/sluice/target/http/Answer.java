package dev.sluice.target.http;

import dev.sluice.consume.Event;
import dev.sluice.consume.TargetException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/**
 * What a receiver has answered, and what that means (RFC 9110, §15; RFC 6585 and RFC 8470 for 429
 * and 425).
 *
 * @param from who it was
 * @param said the beginning of its body
 */
record Answer(String from, int status, HttpHeaders headers, String said) {
  private static final int FIRST_OF_SUCCESS = 200;
  private static final int FIRST_OF_REDIRECTS = 300;
  private static final int FIRST_OF_CLIENT_ERRORS = 400;
  private static final int FIRST_OF_SERVER_ERRORS = 500;
  private static final int NO_STATUS_BEHIND = 600;

  /**
   * They say something of this event: it is malformed, too large, or cannot be processed. The same
   * will be answered again.
   */
  private static final Set<Integer> REFUSED = Set.of(400, 413, 422);

  /**
   * They pass. 409 is answered as long as the same key is being worked on, as behind a time-out of
   * ours (draft-ietf-httpapi-idempotency-key-header).
   */
  private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);

  /** Who asks for more is asked again earlier. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** Empty if the event is taken. */
  Optional<TargetException> failure(Event event) {
    if (status >= FIRST_OF_SUCCESS && status < FIRST_OF_REDIRECTS) {
      return Optional.empty();
    }
    String sentence = from + " answers " + status + (said.isEmpty() ? "" : ": " + said);
    boolean ofServer = status >= FIRST_OF_SERVER_ERRORS && status < NO_STATUS_BEHIND;
    if (ofServer || PASSING.contains(status)) {
      return Optional.of(TargetException.unavailable(sentence, null));
    }
    if (REFUSED.contains(status)) {
      return Optional.of(TargetException.refused(event, sentence));
    }
    return Optional.of(TargetException.unusable(sentence + remedy()));
  }

  private String remedy() {
    return switch (status) {
      case 401, 403, 407 -> "; write a login that may do that into the URL, user:password@";
      case 404, 405, 410 -> "; write the URL of something that takes a POST";
      default ->
          status >= FIRST_OF_REDIRECTS && status < FIRST_OF_CLIENT_ERRORS
              ? "; no redirect is followed: write the URL that it leads to"
              : "; that is no answer to an event: see docs/targets/RECEIVERS.md";
    };
  }

  /**
   * How long it asks not to be asked again. A date is taken by the answer's own, so that clocks
   * that differ do no harm.
   */
  Optional<Duration> retryAfter() {
    return headers
        .firstValue("Retry-After")
        .flatMap(this::pause)
        .filter(pause -> !pause.isNegative())
        .map(pause -> pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
  }

  private Optional<Duration> pause(String text) {
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    return headers.firstValue("Date").flatMap(now -> between(now, text));
  }

  private static Optional<Duration> between(String from, String to) {
    try {
      DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
      return Optional.of(
          Duration.between(ZonedDateTime.parse(from, format), ZonedDateTime.parse(to, format)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
