package dev.sluice.rabbit.stream;

import java.io.IOException;

/** RabbitMQ's answer to a command of the stream protocol is no, or it has closed the connection. */
public final class StreamRefusal extends IOException {
  /** Those response codes of the protocol that mean something of their own here. */
  public enum Code {
    OK(1),
    STREAM_DOES_NOT_EXIST(2),
    STREAM_NOT_AVAILABLE(6),
    MECHANISM_NOT_SUPPORTED(7),
    AUTHENTICATION_FAILURE(8),
    SASL_ERROR(9),
    LOOPBACK_ONLY(11),
    VIRTUAL_HOST_ACCESS_FAILURE(12),
    UNKNOWN_FRAME(13),
    FRAME_TOO_LARGE(14),
    INTERNAL_ERROR(15),
    ACCESS_REFUSED(16),
    PRECONDITION_FAILED(17),
    PUBLISHER_DOES_NOT_EXIST(18),
    OTHER(0);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    static Code of(int number) {
      for (Code code : values()) {
        if (code.number == number) {
          return code;
        }
      }
      return OTHER;
    }
  }

  private final Code code;

  StreamRefusal(int number, String doing) {
    this(number, doing, "");
  }

  /**
   * @param doing what was being done
   * @param said the broker's own words; empty if there are none
   */
  StreamRefusal(int number, String doing, String said) {
    super(
        "while "
            + doing
            + ", RabbitMQ answers "
            + number
            + (Code.of(number) == Code.OTHER ? "" : ", " + Code.of(number))
            + (said.isEmpty() ? "" : ": " + said));
    this.code = Code.of(number);
  }

  /** As RabbitMQ would have answered. */
  StreamRefusal(Code code, String doing, String said) {
    this(code.number, doing, said);
  }

  public Code code() {
    return code;
  }
}
