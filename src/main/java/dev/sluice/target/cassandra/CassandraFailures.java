package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.ConnectionInitException;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import dev.sluice.consume.Event;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * What follows from a failure of the driver. All that is not known to be lasting goes away by
 * itself: nodes that are down, slow, overloaded or too few for a quorum, and whatever a server says
 * of itself.
 *
 * @param place what is said to be where
 */
record CassandraFailures(String place) {
  /** Of anything but a document's write. */
  TargetException recognise(Throwable failure) {
    Throwable cause = deciding(failure);
    String sentence = place + ": " + said(cause);
    return isLasting(cause)
        ? TargetException.unusable(sentence, cause)
        : TargetException.unavailable(sentence, cause);
  }

  /** Of the write of a document: what the server says of the row concerns this event alone. */
  Function<Throwable, TargetException> of(Event event) {
    return failure -> {
      Throwable cause = deciding(failure);
      return isOfRow(cause)
          ? TargetException.refused(event, place + ": " + said(cause))
          : recognise(cause);
    };
  }

  /** Every node that was asked has its own failure; what is lasting for one is so for all. */
  private static Throwable deciding(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof AllNodesFailedException all) {
      List<Throwable> errors = new ArrayList<>();
      all.getAllErrors().values().forEach((Collection<Throwable> each) -> errors.addAll(each));
      return errors.stream()
          .filter(each -> isLasting(each) || isOfRow(each))
          .findFirst()
          .orElse(errors.size() == 1 ? errors.get(0) : cause);
    }
    return cause;
  }

  private static boolean isLasting(Throwable cause) {
    return cause instanceof AuthenticationException
        || cause instanceof UnauthorizedException
        || cause instanceof InvalidKeyspaceException
        || cause instanceof InvalidQueryException
        || cause instanceof InvalidConfigurationInQueryException
        || cause instanceof SyntaxError
        || cause instanceof UnsupportedProtocolVersionException
        // Not of the network, but of a setting or of ours.
        || cause instanceof RuntimeException && !(cause instanceof DriverException);
  }

  /**
   * A key of more than 64 KB, a row above max_mutation_size, a request above the longest frame, a
   * guardrail. There are no codes for these: these are the words of Cassandra 4 and 5.
   */
  private static boolean isOfRow(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof InvalidQueryException
            && (message.contains("longer than maximum") || message.contains("Guardrail"))
        || message.contains("oversized mutation")
        || message.contains("exceeds allowed maximum")
        || message.contains("Request is too big");
  }

  private static String said(Throwable cause) {
    String message = cause.getMessage();
    if (cause instanceof ConnectionInitException) {
      return "cannot be reached (" + message + ")";
    }
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
