package dev.sluice.prove;

import com.mongodb.MongoException;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes of one writer that are done together or not at all: some documents of any collection,
 * several times each, in turn. Some transactions are aborted on purpose.
 */
final class TransactionWriter {
  private static final Logger log = LoggerFactory.getLogger(TransactionWriter.class);

  private static final TransactionOptions MAJORITY =
      TransactionOptions.builder().writeConcern(WriteConcern.MAJORITY).build();

  private static final int MOST_DOCUMENTS = 3;
  private static final int MOST_WRITES = 7;

  /** Of 100. */
  private static final int ABORTED = 15;

  private final String name;
  private final WriteSender sender;
  private final Ledger ledger;
  private final Random random;
  private final Contents contents;
  private int count;

  TransactionWriter(
      String name, WriteSender sender, Ledger ledger, Random random, Contents contents) {
    this.name = name;
    this.sender = sender;
    this.ledger = ledger;
    this.random = random;
    this.contents = contents;
  }

  /**
   * @param keys some of which are written to; two or more
   */
  void write(List<Key> keys) {
    List<Key> chosen = choose(keys);
    TransactionAttempt attempt = new TransactionAttempt(name + "-t" + count++);
    Map<Key, String> states = new HashMap<>();
    boolean known;
    try (ClientSession session = sender.session()) {
      known = isSent(session, chosen, attempt, states) && isEnded(session, attempt, states);
    }
    if (!known) {
      chosen.forEach(Key::abandon);
    }
  }

  private List<Key> choose(List<Key> keys) {
    List<Key> chosen = new ArrayList<>();
    int size = Math.min(keys.size(), 1 + random.nextInt(MOST_DOCUMENTS));
    while (chosen.size() < size) {
      Key key = keys.get(random.nextInt(keys.size()));
      if (!chosen.contains(key)) {
        chosen.add(key);
      }
    }
    return chosen;
  }

  /** Whether all writes were taken; what was not committed has not happened. */
  private boolean isSent(
      ClientSession session,
      List<Key> chosen,
      TransactionAttempt attempt,
      Map<Key, String> states) {
    int writes = chosen.size() + random.nextInt(MOST_WRITES - chosen.size());
    try {
      session.startTransaction(MAJORITY);
      for (int n = 0; n < writes; n++) {
        Key key = chosen.get(n < chosen.size() ? n : random.nextInt(chosen.size()));
        if (!send(session, key, attempt, states)) {
          log.warn("{}: a document is not what it was left as", attempt);
          abort(session, attempt);
          return false;
        }
      }
      return true;
    } catch (MongoException refused) {
      log.debug("{}: {}", attempt, refused.toString());
      abort(session, attempt);
      return false;
    }
  }

  private boolean send(
      ClientSession session, Key key, TransactionAttempt attempt, Map<Key, String> states) {
    String before = states.getOrDefault(key, key.state());
    WriteKind kind = WriteKind.next(before, random);
    int number = key.takeNumber();
    Contents.Content content = contents.next(key.subject().id(), number);
    String left = kind.leaves(content);
    ledger.begin(
        new AttemptedWrite.Plan(
            key.subject(),
            key.place().queue(),
            number,
            kind,
            new States(before, left),
            Optional.of(attempt)));
    states.put(key, left);
    return sender.send(session, key.place(), key.subject().id(), kind, content);
  }

  /** Whether it is known how it ended. */
  private boolean isEnded(
      ClientSession session, TransactionAttempt attempt, Map<Key, String> states) {
    if (random.nextInt(100) < ABORTED) {
      abort(session, attempt);
      return true;
    }
    try {
      session.commitTransaction();
    } catch (MongoException e) {
      log.debug("{}: {}", attempt, e.toString());
      if (e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL)
          && !e.hasErrorLabel(MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL)) {
        attempt.writes().forEach(AttemptedWrite::aborted);
      }
      return false;
    }
    attempt.writes().forEach(ledger::acknowledge);
    states.forEach(Key::leftAs);
    return true;
  }

  /** Nobody has told MongoDB to commit it, and nobody will: it has not happened in any case. */
  private static void abort(ClientSession session, TransactionAttempt attempt) {
    try {
      session.abortTransaction();
    } catch (MongoException unheard) {
      log.debug("{}: {}", attempt, unheard.toString());
    }
    attempt.writes().forEach(AttemptedWrite::aborted);
  }
}
