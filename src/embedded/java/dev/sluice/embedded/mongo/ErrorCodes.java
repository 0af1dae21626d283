package dev.sluice.embedded.mongo;

import java.util.Map;
import java.util.Set;

/** Names of error codes, and what drivers make of them, from the server's {@code error_codes}. */
final class ErrorCodes {

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "InternalError"),
          Map.entry(2, "BadValue"),
          Map.entry(6, "HostUnreachable"),
          Map.entry(7, "HostNotFound"),
          Map.entry(8, "UnknownError"),
          Map.entry(13, "Unauthorized"),
          Map.entry(18, "AuthenticationFailed"),
          Map.entry(43, "CursorNotFound"),
          Map.entry(50, "MaxTimeMSExpired"),
          Map.entry(64, "WriteConcernFailed"),
          Map.entry(89, "NetworkTimeout"),
          Map.entry(91, "ShutdownInProgress"),
          Map.entry(100, "UnsatisfiableWriteConcern"),
          Map.entry(112, "WriteConflict"),
          Map.entry(136, "CappedPositionLost"),
          Map.entry(189, "PrimarySteppedDown"),
          Map.entry(234, "RetryChangeStream"),
          Map.entry(237, "CursorKilled"),
          Map.entry(239, "SnapshotTooOld"),
          Map.entry(246, "SnapshotUnavailable"),
          Map.entry(251, "NoSuchTransaction"),
          Map.entry(260, "InvalidResumeToken"),
          Map.entry(262, "ExceededTimeLimit"),
          Map.entry(280, "ChangeStreamFatalError"),
          Map.entry(286, "ChangeStreamHistoryLost"),
          Map.entry(391, "ReauthenticationRequired"),
          Map.entry(9001, "SocketException"),
          Map.entry(10107, "NotWritablePrimary"),
          Map.entry(10334, "BSONObjectTooLarge"),
          Map.entry(11000, "DuplicateKey"),
          Map.entry(11600, "InterruptedAtShutdown"),
          Map.entry(11601, "Interrupted"),
          Map.entry(11602, "InterruptedDueToReplStateChange"),
          Map.entry(13435, "NotPrimaryNoSecondaryOk"),
          Map.entry(13436, "NotPrimaryOrSecondary"));

  private static final Set<Integer> STATE_CHANGES =
      Set.of(91, 189, 10107, 11600, 11602, 13435, 13436);

  private static final Set<Integer> RETRYABLE_WRITE =
      Set.of(6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436);

  private static final Set<Integer> RESUMABLE_STREAM =
      Set.of(
          6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435,
          13436);

  private ErrorCodes() {}

  static String name(int code) {
    return NAMES.getOrDefault(code, "Location" + code);
  }

  /** Errors that tell a driver to look at the set anew. */
  static boolean isStateChange(int code) {
    return STATE_CHANGES.contains(code);
  }

  /** From 4.4 on a driver repeats a write only if the server labels the error so. */
  static boolean isRetryableWrite(int code) {
    return RETRYABLE_WRITE.contains(code);
  }

  /** From 4.4 on a driver resumes a stream only if the server labels the error so. */
  static boolean isResumableStream(int code) {
    return RESUMABLE_STREAM.contains(code);
  }
}
