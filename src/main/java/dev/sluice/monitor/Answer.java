package dev.sluice.monitor;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a request is answered with.
 *
 * @param code of HTTP
 * @param type the content's
 * @param body not to be written to
 */
record Answer(int code, String type, byte[] body) {
  static final int OK = 200;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;

  /** RFC 9110: not meant for this server. */
  static final int MISDIRECTED = 421;

  static final int FAILED = 500;

  /** As probes want it for "no". */
  static final int UNAVAILABLE = 503;

  private static final String TEXT = "text/plain; charset=utf-8";

  Answer {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(body, "body");
  }

  static Answer text(int code, String text) {
    return new Answer(code, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
