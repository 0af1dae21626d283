package dev.sluice.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoServerException;
import java.util.Set;

/**
 * The codes of failures, and which of them go away by themselves whatever was being done, for all
 * who speak to a MongoDB. Codes: mongo/src/mongo/base/error_codes.yml.
 */
public final class PassingCodes {
  /** No code, InternalError and UnknownError: the server does not know either. */
  private static final Set<Integer> UNKNOWN_TO_THE_SERVER = Set.of(-1, 0, 1, 8);

  /**
   * They go away when the set has sorted itself out: the resumable and retryable errors of the
   * driver specifications, time outs and interruptions.
   */
  private static final Set<Integer> TRANSIENT =
      Set.of(
          6, 7, 24, 43, 46, 50, 63, 64, 79, 89, 91, 96, 112, 133, 134, 136, 150, 175, 189, 202, 234,
          237, 262, 314, 317, 365, 391, 402, 9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435,
          13436);

  /**
   * These too, by their names and categories in the server's list: a member that starts, joins,
   * catches up or is elected (94, 95, 100, 117, 211, 216, 384), a snapshot that is not there yet or
   * no more (239, 246, 250, 272), what interrupts every command of a kind (90, 145, 279, 290, 303,
   * 355, 453, 46841, 91331, 10045600), sharding that sorts itself out, a database not yet there
   * included (26, 149, 203, 215, 249, 338, 406), and a server that is short of something until
   * somebody gives it more: memory, files, connections, rates, disk, or leave to write (146, 264,
   * 371, 407, 433, 449, 450, 462, 14031).
   */
  private static final Set<Integer> TRANSIENT_BY_CATEGORY =
      Set.of(
          26, 90, 94, 95, 100, 117, 145, 146, 149, 203, 211, 215, 216, 239, 246, 249, 250, 264, 272,
          279, 290, 303, 338, 355, 371, 384, 406, 407, 433, 449, 450, 453, 462, 14031, 46841, 91331,
          10045600);

  private PassingCodes() {}

  /**
   * What the server says. The driver has a code of its own for a batch of writes, and the server's
   * inside it. That the batch has no majority comes first: sent again, it tells the rest again.
   */
  public static int codeOf(MongoServerException failure) {
    if (failure instanceof MongoBulkWriteException bulk) {
      if (bulk.getWriteConcernError() != null) {
        return bulk.getWriteConcernError().getCode();
      }
      return bulk.getWriteErrors().isEmpty()
          ? bulk.getCode()
          : bulk.getWriteErrors().get(0).getCode();
    }
    return failure.getCode();
  }

  /** Whether what a server says by this code goes away by itself. */
  public static boolean contains(int code) {
    return TRANSIENT.contains(code) || TRANSIENT_BY_CATEGORY.contains(code);
  }

  /** Whether the server does not know either what went wrong. */
  public static boolean isUnknownToTheServer(int code) {
    return UNKNOWN_TO_THE_SERVER.contains(code);
  }
}
