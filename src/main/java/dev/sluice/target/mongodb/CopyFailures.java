package dev.sluice.target.mongodb;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.bulk.BulkWriteError;
import dev.sluice.consume.Event;
import dev.sluice.consume.TargetException;
import dev.sluice.mongo.PassingCodes;
import dev.sluice.tls.TlsFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.BsonMaximumSizeExceededException;

/**
 * What a failure of the driver or a server means for a copy, by its type and code. What servers say
 * of a document they will not have repeats parts of it, so their words are not shown.
 */
final class CopyFailures {
  /** How our parameters for TLS begin. */
  static final String TLS_KEYS = "sluice.TLS_";

  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int INVALID_NAMESPACE = 73;
  private static final int NOT_VALID = 121;
  private static final int IS_A_VIEW = 166;

  /**
   * A server that cannot even take the command apart in which a document is: BadValue,
   * FailedToParse, Overflow (nested too deeply), InvalidBSON, BSONObjectTooLarge, and keys that are
   * too long for an index.
   */
  private static final Set<Integer> FOR_A_DOCUMENT = Set.of(2, 9, 15, 22, 10334, 17280);

  /** The labels by which servers and driver say that the transaction may be tried again. */
  private static final List<String> TRY_AGAIN =
      List.of(
          MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL,
          MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL,
          "RetryableWriteError");

  private static final Pattern INDEX = Pattern.compile("index: (\\S+)");

  private final String shown;

  /**
   * @param shown the target, as a sentence names it
   */
  CopyFailures(String shown) {
    this.shown = shown;
  }

  /**
   * Of a command that writes documents.
   *
   * @param events whose documents these are, if they are of single events
   */
  RuntimeException ofDocuments(RuntimeException failure, List<Event> events) {
    if (failure instanceof BsonMaximumSizeExceededException) {
      return TargetException.refused(
          "A document is larger than the 16 MB that MongoDB takes", null);
    }
    if (!(failure instanceof MongoServerException server) || isPassing(server)) {
      return recognise(failure);
    }
    if (server instanceof MongoBulkWriteException bulk && !bulk.getWriteErrors().isEmpty()) {
      BulkWriteError error = bulk.getWriteErrors().get(0);
      return error.getIndex() < events.size()
          ? TargetException.refused(events.get(error.getIndex()), why(error))
          : TargetException.refused(why(error), null);
    }
    return FOR_A_DOCUMENT.contains(server.getCode())
        ? TargetException.refused(shown + " refuses it with the code " + server.getCode(), null)
        : recognise(failure);
  }

  private String why(BulkWriteError error) {
    if (ErrorCategory.fromErrorCode(error.getCode()) == ErrorCategory.DUPLICATE_KEY) {
      Matcher index = INDEX.matcher(error.getMessage());
      return "Another document of the copy has its value in the unique index"
          + (index.find() ? " " + index.group(1) : "");
    }
    return error.getCode() == NOT_VALID
        ? "It does not meet the validator of the copy's collection (121)"
        : shown + " refuses it with the code " + error.getCode();
  }

  /** Of anything else. What is no failure of MongoDB is given back as it is. */
  RuntimeException recognise(RuntimeException failure) {
    if (failure instanceof TargetException recognised) {
      return recognised;
    }
    Optional<String> noTls = TlsFailure.ofHandshake(failure, TLS_KEYS);
    if (noTls.isPresent()) {
      return TargetException.unusable(
          "There is no TLS with the target " + shown + ": " + noTls.get(), failure);
    }
    if (failure instanceof MongoSecurityException) {
      return isPassingLogin(failure.getCause())
          ? unavailable("cannot be reached", failure)
          : refusedLogin(failure);
    }
    if (failure instanceof MongoServerException server) {
      return ofServer(server);
    }
    if (failure instanceof MongoIncompatibleDriverException
        || failure instanceof MongoConfigurationException && failure.getCause() == null) {
      return TargetException.unusable(
          "The target " + shown + " cannot be used: " + failure.getMessage(), failure);
    }
    if (failure instanceof MongoTimeoutException) {
      return unavailable("cannot be reached, or its set has another name or no primary", failure);
    }
    if (failure instanceof MongoSocketException || failure instanceof MongoClientException) {
      // A name that cannot be looked up among them.
      return unavailable("cannot be reached", failure);
    }
    if (failure instanceof MongoException) {
      return unavailable("has failed", failure);
    }
    return isTimeOut(failure) ? unavailable("does not answer", failure) : failure;
  }

  private static boolean isTimeOut(RuntimeException failure) {
    return failure instanceof IllegalStateException
        && (failure.getCause() instanceof TimeoutException
            || failure.getCause() instanceof InterruptedException);
  }

  private RuntimeException ofServer(MongoServerException failure) {
    int code = PassingCodes.codeOf(failure);
    if (isPassing(failure) || PassingCodes.isUnknownToTheServer(code)) {
      return unavailable("cannot take it for now (" + named(failure) + ")", failure);
    }
    return switch (code) {
      case AUTHENTICATION_FAILED -> refusedLogin(failure);
      case UNAUTHORIZED ->
          TargetException.unusable(
              "The user of the target "
                  + shown
                  + " lacks a privilege: it needs the role readWrite on each database that is copied"
                  + " to, and on "
                  + Books.DATABASE,
              failure);
      case INVALID_NAMESPACE ->
          TargetException.unusable(
              "The target " + shown + " does not take such a name of a collection", failure);
      case IS_A_VIEW ->
          TargetException.unusable(
              "In the target "
                  + shown
                  + " the collection to be copied to is a view: drop it, or name another database by"
                  + " sluice.database",
              failure);
      default ->
          TargetException.unusable(
              "The target " + shown + " refuses what is asked of it (" + named(failure) + ")",
              failure);
    };
  }

  private TargetException refusedLogin(RuntimeException failure) {
    return TargetException.unusable(
        "The target " + shown + " refuses the login: check user, password and authSource", failure);
  }

  private TargetException unavailable(String what, RuntimeException failure) {
    return TargetException.unavailable("The target " + shown + " " + what, failure);
  }

  private static String named(MongoServerException failure) {
    int code = PassingCodes.codeOf(failure);
    return failure instanceof MongoCommandException command
        ? code + " " + command.getErrorCodeName()
        : Integer.toString(code);
  }

  /** The driver calls all that happens during a login a security failure, also a lost network. */
  private static boolean isPassingLogin(Throwable duringLogin) {
    return duringLogin instanceof MongoSocketException
        || duringLogin instanceof MongoServerException refused && isPassing(refused);
  }

  private static boolean isPassing(MongoServerException failure) {
    return PassingCodes.contains(PassingCodes.codeOf(failure))
        || TRY_AGAIN.stream().anyMatch(failure::hasErrorLabel);
  }
}
