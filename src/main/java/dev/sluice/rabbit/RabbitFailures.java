package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

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
  /**
   * In the text of every 530 that tells of a limit (of the user, the virtual host) and of no other
   * one, as read off RabbitMQ 3.10. Names, which may be any word, stand in quotes before it.
   */
  private static final Pattern LIMIT = Pattern.compile("\\blimit (of )?\\(");

  private RabbitFailures() {}

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
              "RabbitMQ at %s refuses the login of \"%s\": check RABBITMQ_DEFAULT_USERNAME and"
                  + " RABBITMQ_DEFAULT_PASSWORD (the user guest may only log in from the broker's own"
                  + " machine)",
              settings.address(),
              settings.username()),
          failure);
    }
    if (find(failure, SSLException.class) != null && !isCutOff(failure)) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "The TLS handshake with RabbitMQ at "
              + settings.address()
              + " has failed: check the certificate, and that the port speaks TLS",
          failure);
    }
    if (shutdown != null) {
      return recogniseShutdown(shutdown, settings);
    }
    if (find(failure, IOException.class) != null || find(failure, TimeoutException.class) != null) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ at " + settings.address() + " cannot be reached",
          failure);
    }
    return PipelineException.of(failure);
  }

  /** Whether the network failed under TLS, as it does when a broker stops: no fault of TLS. */
  private static boolean isCutOff(Throwable failure) {
    return find(failure, EOFException.class) != null
        || find(failure, SocketException.class) != null
        || find(failure, SocketTimeoutException.class) != null;
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
                  + "\" lacks a permission: it needs configure and write on the exchange and the"
                  + " queue, and read on the exchange"
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
