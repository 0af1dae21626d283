package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who is in the set, who leads it and in which term. Thread-safe. */
final class Topology {

  private static final int ELECTION_ID_PREFIX = 0x7FFFFFFF;

  private final String setName;
  private final ObjectId processId = new ObjectId();
  private List<String> hosts = List.of();
  private int primary = -1;
  private long term;
  private long counter;
  private CompletableFuture<Void> change = new CompletableFuture<>();

  Topology(String setName) {
    this.setName = setName;
  }

  /** What a node knows of the set at one moment. */
  record View(
      String setName, List<String> hosts, int primary, long term, ObjectId process, long counter) {

    Optional<String> primaryHost() {
      return primary < 0 ? Optional.empty() : Optional.of(hosts.get(primary));
    }

    ObjectId electionId() {
      return new ObjectId(ByteBuffer.allocate(12).putInt(ELECTION_ID_PREFIX).putLong(term).array());
    }

    Document version() {
      return new Document("processId", process).append("counter", counter);
    }
  }

  synchronized View view() {
    return new View(setName, hosts, primary, term, processId, counter);
  }

  synchronized boolean isPrimary(int node) {
    return primary == node;
  }

  /**
   * Founds the set.
   *
   * @param firstTerm above every term of an earlier set on these ports: a driver that knew that one
   *     takes a primary with a lower election id for an outdated one and ignores it
   */
  synchronized void found(List<String> members, long firstTerm) {
    hosts = List.copyOf(members);
    term = firstTerm;
  }

  void elect(int node) {
    CompletableFuture<Void> passed;
    synchronized (this) {
      primary = node;
      term++;
      passed = changed();
    }
    passed.complete(null);
  }

  void lose(int node) {
    CompletableFuture<Void> passed;
    synchronized (this) {
      if (primary != node) {
        return;
      }
      primary = -1;
      passed = changed();
    }
    passed.complete(null);
  }

  /** Counts as a change though the primary stays: a node came or went. */
  void touch() {
    CompletableFuture<Void> passed;
    synchronized (this) {
      passed = changed();
    }
    passed.complete(null);
  }

  private CompletableFuture<Void> changed() {
    counter++;
    CompletableFuture<Void> passed = change;
    change = new CompletableFuture<>();
    return passed;
  }

  /** Completes at the next change after the given count of changes; at once if there was one. */
  synchronized CompletableFuture<Void> changeAfter(long seen) {
    return counter != seen ? CompletableFuture.completedFuture(null) : change;
  }
}
