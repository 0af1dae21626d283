package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client's logical session: the newest transaction number and what has been done under it, so
 * that a write that is sent again is not done again. Used under the storage lock.
 */
final class Session {

  private final Document id;
  private final Map<Integer, Document> statements = new HashMap<>();
  private long transactionNumber = -1;
  private Transaction transaction;

  Session(Document id) {
    this.id = id;
  }

  Document id() {
    return id;
  }

  long transactionNumber() {
    return transactionNumber;
  }

  /** Begins a retryable write, or goes on with the one it repeats. */
  void begin(long number) {
    if (number < transactionNumber) {
      throw new ServerError(
          225,
          "TransactionTooOld",
          "Retryable write with txnNumber "
              + number
              + " is prohibited on session "
              + id.toString(true)
              + " because a newer retryable write or transaction with txnNumber "
              + transactionNumber
              + " has already started on this session.");
    }
    if (number > transactionNumber) {
      transactionNumber = number;
      statements.clear();
      transaction = null;
    }
  }

  /** Starts the transaction of the number just begun; one in progress is given up. */
  Transaction startTransaction() {
    if (transaction != null) {
      throw new ServerError(
          117,
          "ConflictingOperationInProgress",
          "Transaction " + transactionNumber + " already in progress");
    }
    transaction = new Transaction();
    return transaction;
  }

  Transaction transaction(long number) {
    if (transaction == null || number != transactionNumber) {
      throw new ServerError(
          251,
          "NoSuchTransaction",
          "Given transaction number "
              + number
              + " does not match any in-progress transactions. The active transaction number is "
              + transactionNumber,
          List.of("TransientTransactionError"));
    }
    return transaction;
  }

  /** What a new primary does not know of: the transactions that were under way. */
  void abortTransaction() {
    if (transaction != null && transaction.state() == Transaction.State.IN_PROGRESS) {
      transaction.end(Transaction.State.ABORTED);
    }
  }

  /** The outcome of a statement that was carried out before. */
  Optional<Document> done(int statement) {
    return Optional.ofNullable(statements.get(statement));
  }

  void remember(int statement, Document outcome) {
    statements.put(statement, outcome);
  }
}
