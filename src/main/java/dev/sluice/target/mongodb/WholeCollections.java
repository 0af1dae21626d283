package dev.sluice.target.mongodb;

import com.mongodb.reactivestreams.client.ClientSession;
import dev.sluice.change.Namespace;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * What concerns a collection as a whole: as many transactions as it takes, each of which leaves
 * less to do. The last one notes that it is done. So whatever ends it, the next try goes on.
 */
final class WholeCollections {
  /** Of documents that are moved by one transaction: as many as a batch of messages may have. */
  private static final long MOVED_BYTES = 16L << 20;

  private final Cluster cluster;
  private final Books books;
  private final CopiedDocuments documents;

  WholeCollections(Cluster cluster, Books books, CopiedDocuments documents) {
    this.cluster = cluster;
    this.books = books;
    this.documents = documents;
  }

  /**
   * Removes what has a smaller position than this. Where that has been done before, what has an
   * older position was moved there by a rename since then, and stays.
   */
  void clear(Namespace copy, String below) {
    if (books.cleared(copy).compareTo(below) >= 0) {
      return;
    }
    untilDone(
        session -> {
          books.lock(session, copy);
          List<BsonDocument> old = books.older(session, copy, below, MongoTarget.IN_A_TRANSACTION);
          if (old.isEmpty()) {
            books.cleared(session, copy, below);
            return true;
          }
          remove(session, copy, old);
          return false;
        });
  }

  private void untilDone(Predicate<ClientSession> step) {
    AtomicBoolean done = new AtomicBoolean();
    while (!done.get()) {
      cluster.transaction(session -> done.set(step.test(session)));
    }
  }

  private void remove(ClientSession session, Namespace copy, List<BsonDocument> states) {
    List<BsonValue> gone =
        states.stream()
            .filter(each -> !Books.isDeleted(each))
            .filter(
                each ->
                    !books.goesOnElsewhere(session, copy, Books.place(each), Books.position(each)))
            .map(Books::id)
            .toList();
    documents.delete(session, copy, gone);
    books.remove(session, states);
  }

  private static List<BsonValue> present(List<BsonDocument> states) {
    return states.stream().filter(state -> !Books.isDeleted(state)).map(Books::id).toList();
  }

  /** Puts what has a smaller position than this into another collection. */
  void move(Namespace from, Namespace to, String below) {
    untilDone(
        session -> {
          books.lock(session, from);
          books.lock(session, to);
          // It has nothing older, whether it had been there or not: what comes now is to stay.
          books.cleared(session, to, below);
          List<BsonDocument> states =
              books.older(session, from, below, MongoTarget.IN_A_TRANSACTION);
          if (states.isEmpty()) {
            books.raise(session, from, below);
            return true;
          }
          move(session, from, to, states);
          return false;
        });
  }

  private void move(
      ClientSession session, Namespace from, Namespace to, List<BsonDocument> states) {
    List<BsonValue> present = present(states);
    List<RawBsonDocument> read = documents.read(session, from, present, MOVED_BYTES);
    Set<BsonValue> ids = new HashSet<>();
    read.forEach(each -> ids.add(CopiedState.comparable(each.get("_id"))));
    boolean all = read.isEmpty() || read.size() == present.size();
    List<BsonDocument> moved =
        states.stream()
            .filter(each -> all || ids.contains(CopiedState.comparable(Books.id(each))))
            .toList();
    // What is there is newer: none of it was when the collection got its name.
    Map<BsonValue, String> there =
        books.positions(session, to, moved.stream().map(Books::place).toList());
    List<BsonDocument> adopted =
        moved.stream()
            .filter(each -> !there.containsKey(CopiedState.comparable(Books.place(each))))
            .toList();
    Set<BsonValue> wanted = new HashSet<>();
    adopted.forEach(each -> wanted.add(CopiedState.comparable(Books.id(each))));
    documents.put(
        session,
        to,
        read.stream()
            .filter(each -> wanted.contains(CopiedState.comparable(each.get("_id"))))
            .toList(),
        List.of());
    books.adopt(session, to, adopted);
    documents.delete(session, from, present(moved));
    books.remove(session, moved);
  }
}
