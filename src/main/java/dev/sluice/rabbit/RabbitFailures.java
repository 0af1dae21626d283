package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
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
import java.util.regex.Pattern;

/**
 * What a failure of the client or the broker means, by its type and AMQP reply code (AMQP 0-9-1,
 * 1.2) and not by its text, with one exception: a limit of connections has the code of an unknown
 * virtual host.
 *
 * <p>A broker that refuses a login says so (RabbitMQ docs: Authentication Failure Notifications).
 * One that only hangs up during the login, which the client calls a possible authentication
 * failure, is more likely on its way down.
 */
final class RabbitFailures {
  private static final String TLS_KEYS = "RABBITMQ_TLS_";

  /**
   * The one text that decides anything: RabbitMQ has one code, 530, for a limit that is reached and
   * for a virtual host that is not there. In the text of every 530 that tells of a limit (of the
   * user, the virtual host) and of no other one, as read off RabbitMQ 3.10. Names, which may be any
   * word, stand in quotes before it. If a release changes it, such a 530 stops the pipeline.
   */
  private static final Pattern LIMIT = Pattern.compile("\\blimit (of )?\\(");

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
      return recogniseShutdown(shutdown, settings);
    }
    if (find(failure, IOException.class) != null || find(failure, TimeoutException.class) != null) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ at "
              + settings.address()
              + (settings.tls() && TlsFailure.isHangUp(failure)
                  ? " " + TlsFailure.hangsUp(TLS_KEYS)
                  : " cannot be reached"),
          failure);
    }
    return PipelineException.of(failure);
  }

  private static PipelineException recogniseShutdown(
      ShutdownSignalException shutdown, RabbitSettings settings) {
    int code = 0;
    String said = "";
    if (shutdown.getReason() instanceof AMQP.Channel.Close close) {
      code = close.getReplyCode();
      said = close.getReplyText();
    } else if (shutdown.getReason() instanceof AMQP.Connection.Close close) {
      code = close.getReplyCode();
      said = close.getReplyText();
    }
    String reason = said.isEmpty() ? "" : " (RabbitMQ says: " + said + ")";
    return switch (code) {
      case AMQP.PRECONDITION_FAILED ->
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "The exchange \""
                  + settings.exchange()
                  + "\" or the queue \""
                  + settings.queue()
                  + "\" exists with other arguments: delete it, set SLUICE_QUEUE_TYPE to its type, or"
                  + " choose other names by SLUICE_EXCHANGE and SLUICE_QUEUE"
                  + reason,
              shutdown);
      case AMQP.ACCESS_REFUSED ->
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "The RabbitMQ user \""
                  + settings.username()
                  + "\" lacks a permission: see what each command needs in the README under"
                  + " \"Least privileges\""
                  + reason,
              shutdown);
      case AMQP.NOT_ALLOWED ->
          LIMIT.matcher(said).find()
              ? tooMany(shutdown, settings, reason)
              : new PipelineException(
                  FailureKind.MISCONFIGURED,
                  "RabbitMQ at "
                      + settings.address()
                      + " refuses the login of \""
                      + settings.username()
                      + "\" to the virtual host \""
                      + settings.virtualHost()
                      + "\": check RABBITMQ_VIRTUAL_HOST, the user, its password and its permissions"
                      + reason,
                  shutdown);
      default ->
          new PipelineException(
              FailureKind.TRANSIENT,
              "The connection to RabbitMQ at " + settings.address() + " is lost" + reason,
              shutdown);
    };
  }

  /**
   * Passes by itself: after a network failure the broker counts our own dead connection until it
   * misses its heartbeats.
   */
  private static PipelineException tooMany(
      ShutdownSignalException shutdown, RabbitSettings settings, String reason) {
    return new PipelineException(
        FailureKind.TRANSIENT,
        "RabbitMQ at "
            + settings.address()
            + " takes no more connections of \""
            + settings.username()
            + "\" to the virtual host \""
            + settings.virtualHost()
            + "\": if this does not pass, raise the limit"
            + reason,
        shutdown);
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
