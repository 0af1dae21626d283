package dev.sluice.rabbit;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.TlsFailure;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What a failure of the client or the network means, by its type and not by its text; what the
 * broker itself says is for {@link BrokerAnswers}.
 *
 * <p>A broker that refuses a login says so (RabbitMQ docs: Authentication Failure Notifications).
 * One that only hangs up during the login, which the client calls a possible authentication
 * failure, is more likely on its way down.
 */
final class RabbitFailures {
  private static final String TLS_KEYS = "RABBITMQ_TLS_";

  private RabbitFailures() {}

  /** What it means that a connection cannot be opened. */
  static PipelineException recogniseOpening(Throwable failure, RabbitSettings settings) {
    if (find(failure, MalformedFrameException.class) != null) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "What answers at "
              + settings.address()
              + " speaks no AMQP 0-9-1: check host and port, and if the port speaks TLS use amqps://"
              + " or name the authority of its certificate by RABBITMQ_TLS_CA_FILE",
          failure);
    }
    return recognise(failure, settings);
  }

  static PipelineException recognise(Throwable failure, RabbitSettings settings) {
    if (failure instanceof PipelineException recognised) {
      return recognised;
    }
    ShutdownSignalException shutdown = find(failure, ShutdownSignalException.class);
    if (find(failure, AuthenticationFailureException.class) != null) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          String.format(
              Locale.ROOT,
              "RabbitMQ at %s refuses the login of \"%s\": check %s (the user guest may only log in"
                  + " from the broker's own machine)",
              settings.address(),
              settings.username(),
              settings.loginKeys()),
          failure);
    }
    Optional<String> refusal =
        shutdown == null
            ? TlsFailure.whileConnecting(failure, TLS_KEYS)
            : TlsFailure.ofHandshake(failure, TLS_KEYS);
    if (refusal.isPresent()) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "There is no TLS with RabbitMQ at " + settings.address() + ": " + refusal.get(),
          failure);
    }
    if (shutdown != null) {
      return BrokerAnswers.recognise(shutdown, settings);
    }
    if (find(failure, IOException.class) != null || find(failure, TimeoutException.class) != null) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ at "
              + settings.address()
              + (settings.tls() && TlsFailure.isHangUp(failure)
                  ? " " + TlsFailure.hangsUp(TLS_KEYS)
                  : " cannot be reached: see that it runs, and that RABBITMQ_HOST or RABBITMQ_URI"
                      + " names it"),
          failure);
    }
    return PipelineException.of(failure);
  }

  private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
