package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.consume.TargetException;
import dev.sluice.tls.TlsFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;

/** What becomes of a failure: told by status and by the type that the server names. */
final class ServerFailures {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TIMEOUT = 408;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY = 429;
  private static final int FIRST_OF_SERVER = 500;

  /** What comes behind it in a reason is somebody's data. */
  private static final String PREVIEW = " Preview of field";

  private static final int LONGEST_REASON = 300;

  private final URI address;

  ServerFailures(URI address) {
    this.address = address;
  }

  /** There was no answer. */
  TargetException of(IOException failure) {
    if (TlsFailure.whileConnecting(failure, "").isPresent()) {
      return TargetException.unusable(
          "TLS with "
              + address
              + " cannot be had ("
              + deepest(failure)
              + "): name the authority that issued its certificate by ca=FILE, and the host as the"
              + " certificate does",
          failure);
    }
    if (failure instanceof HttpTimeoutException) {
      return TargetException.unavailable(address + " does not answer in time", failure);
    }
    return TargetException.unavailable(
        failure instanceof ConnectException
            ? "Nobody serves at " + address
            : address + " broke off (" + deepest(failure) + ")",
        failure);
  }

  private static String deepest(Throwable failure) {
    Throwable each = failure;
    while (each.getCause() != null) {
      each = each.getCause();
    }
    return each.getMessage() == null ? each.getClass().getSimpleName() : each.getMessage();
  }

  /** It answered, and has not done what it was asked. */
  TargetException of(Server.Answer answer) {
    return of(answer.status(), answer.body().path("error"));
  }

  /**
   * The same for one of many in an answer.
   *
   * @param error the object of that name; may be missing
   */
  TargetException of(int status, JsonNode error) {
    String type = error.path("type").asText();
    if (type.equals("cluster_block_exception")) {
      return TargetException.unavailable(
          address
              + " has a block on what is to be written: a disk may be full, or the index set to"
              + " read-only ("
              + reason(error)
              + ")",
          null);
    }
    if (status == UNAUTHORIZED) {
      return TargetException.unusable(
          address + " refuses the login: write user:password@ in front of the host");
    }
    if (status == FORBIDDEN) {
      return TargetException.unusable(
          address
              + " lets this login not do that: it has to create, read and write the indices and"
              + " their aliases ("
              + reason(error)
              + ")");
    }
    if (status == TOO_LARGE) {
      return TargetException.refused(
          address + " takes no request of this size (http.max_content_length)", null);
    }
    return isForNow(status, type)
        ? TargetException.unavailable(
            address + " does not do that now (" + status + ", " + reason(error) + ")", null)
        : TargetException.unusable(
            address + " refuses a request (" + status + ", " + reason(error) + ")");
  }

  /** An index that somebody has removed is made again when the target is opened the next time. */
  private static boolean isForNow(int status, String type) {
    return status == TOO_MANY
        || status == TIMEOUT
        || status >= FIRST_OF_SERVER
        || status == NOT_FOUND && type.equals("index_not_found_exception");
  }

  /** Type and reason, without values of a document. */
  static String reason(JsonNode error) {
    String reason = error.path("reason").asText().replaceAll("\\s+", " ");
    int preview = reason.indexOf(PREVIEW);
    if (preview >= 0) {
      reason = reason.substring(0, preview);
    }
    if (reason.length() > LONGEST_REASON) {
      reason = reason.substring(0, LONGEST_REASON) + "...";
    }
    String type = error.path("type").asText("no reason");
    return reason.isEmpty() ? type : type + ": " + reason.replaceFirst("\\.$", "");
  }
}
