package dev.sluice.mongo;

import com.mongodb.MongoClientException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import dev.sluice.config.SettingKey;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.TlsFailure;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.BsonSerializationException;

/**
 * What a failure of the driver or the server means, by its type and code and by what was being
 * done, never by its text. Codes: mongo/src/mongo/base/error_codes.yml and the change streams
 * specification of the drivers.
 *
 * <p>A server that answers with a code that is not known here has understood and refused: it will
 * again, so the pipeline stops, with the server's own words. Only where the server itself does not
 * know what went wrong may another attempt, at another member perhaps, go better.
 */
final class MongoFailures {
  static final String TLS_KEYS = "MONGO_DATABASE_TLS_";

  static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int INVALID_NAMESPACE = 73;
  private static final int COMMAND_NOT_SUPPORTED_ON_VIEW = 166;
  private static final int CHANGE_STREAMS_NEED_A_REPLICA_SET = 40573;
  static final int BSON_OBJECT_TOO_LARGE = 10334;

  /** What a document would become by an update (mongo/src/mongo/db/exec/update_stage.cpp). */
  private static final int UPDATED_TOO_LARGE = 17419;

  /**
   * A change stream's position is of no use any more, without a doubt: ChangeStreamHistoryLost
   * (286), ChangeStreamFatalError (280), InvalidResumeToken (260), and what servers before 4.4 said
   * instead. A token that is damaged can have any answer: see {@link #mayBeForThePosition}.
   */
  private static final Set<Integer> POSITION_LOST =
      Set.of(286, 280, 260, 40576, 40585, 40615, 40649, 50811);

  /** What is kept or asked for is small, but for the places where a snapshot goes on. */
  private static final String TOO_MUCH_LEFT =
      "What is left of the snapshot is more than the 16 MB that MongoDB takes in one document or"
          + " command, as it has _ids of several MB or very many collections: give it up by sluice"
          + " position drop-snapshot, and take one of fewer collections at a time"
          + " (SLUICE_SNAPSHOT_PARALLEL=1) or with a match that leaves such documents out";

  /** What a server says may repeat a whole command. */
  private static final int LONGEST_WORDS = 400;

  private final String address;
  private final SettingKey uriKey;
  private final Doing doing;

  static boolean isUnauthorized(Throwable failure) {
    return failure instanceof MongoServerException server && server.getCode() == UNAUTHORIZED;
  }

  /**
   * @param address the servers, to be named in the sentence
   * @param uriKey where the URI was set
   */
  MongoFailures(String address, SettingKey uriKey, Doing doing) {
    this.address = address;
    this.uriKey = uriKey;
    this.doing = doing;
  }

  PipelineException recognise(Throwable failure) {
    if (failure instanceof PipelineException recognised) {
      return recognised;
    }
    Optional<String> refusal = TlsFailure.ofHandshake(failure, TLS_KEYS);
    if (refusal.isPresent()) {
      return noTls(address, refusal.get(), failure);
    }
    if (failure instanceof MongoSecurityException && isPassing(failure.getCause())) {
      return recognise(failure.getCause());
    }
    if (failure instanceof MongoSecurityException) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "MongoDB at "
              + address
              + " refuses the login: check user, password and authSource in "
              + uriKey,
          failure);
    }
    if (failure instanceof MongoIncompatibleDriverException
        || failure instanceof MongoConfigurationException) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "MongoDB at " + address + " cannot be used: " + failure.getMessage(),
          failure);
    }
    if (failure instanceof MongoServerException server) {
      return recogniseCode(server);
    }
    if (failure instanceof MongoSocketException
        || failure instanceof MongoTimeoutException
        || failure instanceof TimeoutException) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "MongoDB at "
              + address
              + " cannot be reached: see that it runs, and that MONGO_DATABASE_HOST names it",
          failure);
    }
    if (failure instanceof BsonMaximumSizeExceededException) {
      // The driver does not even send it.
      return new PipelineException(FailureKind.MISCONFIGURED, TOO_MUCH_LEFT, failure);
    }
    if (failure instanceof BsonSerializationException) {
      // What the server sent was damaged on its way; what an event holds is not decoded here.
      return new PipelineException(
          FailureKind.TRANSIENT, "MongoDB at " + address + " has sent a damaged reply", failure);
    }
    if (failure.getCause() instanceof OutOfMemoryError) {
      // Of direct buffers, over which the JVM does not end. The next reply would find no more of
      // it.
      return new PipelineException(
          FailureKind.BUG,
          "Java has no memory left beside its heap for a reply of MongoDB: start it with"
              + " -Djdk.nio.maxCachedBufferSize as in jvm.options, or with a larger"
              + " -XX:MaxDirectMemorySize",
          failure);
    }
    if (failure instanceof MongoClientException || failure instanceof MongoException) {
      return new PipelineException(
          FailureKind.TRANSIENT, "MongoDB at " + address + " has failed: " + failure, failure);
    }
    if (isWithinDriver(failure)) {
      return new PipelineException(
          FailureKind.TRANSIENT,
          "The driver has failed on a connection to MongoDB at " + address + ": " + failure,
          failure);
    }
    return PipelineException.of(failure);
  }

  /**
   * Whether the driver has stumbled by itself, on a thread of its own. Where a connection ends
   * while a write to it comes back, it has a {@link NullPointerException} (of a buffer that is
   * released, seen with 5.8): another connection serves.
   */
  private static boolean isWithinDriver(Throwable failure) {
    StackTraceElement[] frames = failure.getStackTrace();
    return frames.length > 0
        && (frames[0].getClassName().startsWith("com.mongodb.")
            || frames[0].getClassName().startsWith("org.bson."))
        && Arrays.stream(frames).noneMatch(each -> each.getClassName().startsWith("dev.sluice."));
  }

  /**
   * Whether a change stream has failed because its position is lost. The same codes mean something
   * else when another command fails by them, and nothing of the log is to be passed over for that.
   */
  static Optional<PipelineException> lostPosition(Throwable failure) {
    return failure instanceof MongoServerException server
            && POSITION_LOST.contains(server.getCode())
        ? Optional.of(lost("MongoDB no longer has the position where this pipeline stood", server))
        : Optional.empty();
  }

  /**
   * Whether a server that refuses to open a stream may mean the position it is to be opened at, so
   * that it is worth looking whether it opens without. The answer to a damaged token can have any
   * code: FailedToParse (9), Overflow (15) and 40647 were seen.
   */
  static boolean mayBeForThePosition(Throwable refusal) {
    return refusal instanceof MongoServerException server
        && server.getCode() != BSON_OBJECT_TOO_LARGE
        && !POSITION_LOST.contains(server.getCode())
        && !isPassing(server);
  }

  /** A stream is refused at its position, and opens without it. */
  static PipelineException refusedPosition(Throwable refusal) {
    return lost(
        "MongoDB no longer has the position where this pipeline stood, or it is damaged: the stream"
            + " opens without it",
        (MongoServerException) refusal);
  }

  private static PipelineException lost(String sentence, MongoServerException failure) {
    return new PipelineException(
        FailureKind.POSITION_LOST, sentence + said(failure, Doing.OTHER), failure);
  }

  static PipelineException noTls(String address, String refusal, Throwable failure) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "There is no TLS with MongoDB at " + address + ": " + refusal,
        failure);
  }

  /** The driver calls all that happens during a login a security failure, also a lost network. */
  private static boolean isPassing(Throwable duringLogin) {
    return duringLogin instanceof MongoSocketException
        || duringLogin instanceof MongoServerException refused
            && PassingCodes.contains(refused.getCode());
  }

  /**
   * The driver's message ends in the whole reply, which has another time in it each time: the same
   * failure again would not be known for the same.
   */
  static String withoutReply(MongoServerException failure) {
    String message = String.valueOf(failure.getMessage());
    int reply = message.indexOf(" The full response is ");
    return reply < 0 ? message : message.substring(0, reply);
  }

  private static boolean isPassing(MongoServerException failure) {
    return PassingCodes.contains(PassingCodes.codeOf(failure))
        || failure.hasErrorLabel("ResumableChangeStreamError")
        || failure.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)
        || failure.hasErrorLabel("RetryableWriteError");
  }

  private PipelineException recogniseCode(MongoServerException failure) {
    if (isPassing(failure)) {
      return passing("MongoDB at " + address + " cannot serve us for now", failure);
    }
    return switch (PassingCodes.codeOf(failure)) {
      case AUTHENTICATION_FAILED ->
          refused(
              "MongoDB at "
                  + address
                  + " refuses the login: check user, password and authSource in "
                  + uriKey,
              failure);
      case UNAUTHORIZED ->
          refused(
              "The MongoDB user lacks a privilege: it needs find and changeStream on the watched"
                  + " collection and find, insert and update on \"sluice.checkpoints\"",
              failure);
      case CHANGE_STREAMS_NEED_A_REPLICA_SET -> SeenServers.standalone(address);
      case UPDATED_TOO_LARGE -> refused(TOO_MUCH_LEFT, failure);
      case BSON_OBJECT_TOO_LARGE ->
          doing == Doing.CHECKPOINT
              ? refused(TOO_MUCH_LEFT, failure)
              : new PipelineException(
                  FailureKind.POISON_EVENT,
                  "A change event is larger than the 16 MB that MongoDB can send: shrink the document, or"
                      + " set SLUICE_UPDATE_LOOKUP=false so that updates travel without it"
                      + said(failure, doing),
                  failure);
      case COMMAND_NOT_SUPPORTED_ON_VIEW -> refused(view(), failure);
      case INVALID_NAMESPACE ->
          refused(
              "MongoDB does not take this name of a collection: check MONGO_DATABASE_NAME and"
                  + " SLUICE_COLLECTION",
              failure);
      default -> recogniseUnknown(failure);
    };
  }

  /** A time-series collection is a view as well, of the buckets that its data is in. */
  private String view() {
    return doing == Doing.CHECKPOINT
        ? "\"sluice.checkpoints\" is a view or a time-series collection: Sluice keeps its position in"
            + " an ordinary collection of that name"
        : "What SLUICE_COLLECTION names is a view or a time-series collection, which has no changes of"
            + " its own: name an ordinary collection";
  }

  private PipelineException recogniseUnknown(MongoServerException failure) {
    return PassingCodes.isUnknownToTheServer(failure.getCode())
        ? passing("MongoDB at " + address + " has failed", failure)
        : refused("MongoDB at " + address + " refuses what Sluice asks of it", failure);
  }

  private PipelineException passing(String sentence, MongoServerException failure) {
    return new PipelineException(FailureKind.TRANSIENT, sentence + said(failure, doing), failure);
  }

  private PipelineException refused(String sentence, MongoServerException failure) {
    return new PipelineException(
        FailureKind.MISCONFIGURED, sentence + said(failure, doing), failure);
  }

  private static String said(MongoServerException failure, Doing doing) {
    String words = withoutReply(failure);
    return " ("
        + (doing.text().isEmpty() ? "" : "while " + doing.text() + ", ")
        + "MongoDB says: "
        + failure.getCode()
        + " "
        + (words.length() > LONGEST_WORDS ? words.substring(0, LONGEST_WORDS) + "…" : words)
        + ")";
  }
}
