package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.snapshot;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A collection and the pipeline that watches it. A snapshot that is asked for it takes at once, and
 * publishes all of it, while writes go on: of documents that are read, that will be, and that are
 * left out for it.
 */
final class ScriptedPipeline implements AskedSnapshots {
  final Map<Integer, String> collection = new TreeMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Why nothing is taken; null if it is. */
  volatile String refuses;

  volatile boolean away;
  volatile boolean abandons;

  /** What happens besides in the middle. */
  volatile Runnable meanwhile = () -> {};

  private final ScriptedInbox inbox;
  private final ScriptedStore dying;
  private final AtomicInteger ids = new AtomicInteger();
  private int now;

  /**
   * @param dying whose process dies, also in asking
   */
  ScriptedPipeline(ScriptedInbox inbox, ScriptedStore dying) {
    this.inbox = inbox;
    this.dying = dying;
  }

  String next() {
    now++;
    return position(now);
  }

  /** Writes a document of which nothing is published, and says at which position. */
  String put(int n) {
    String at = next();
    collection.put(n, "{\"_id\": \"" + n + "\", \"at\": \"" + at + "\"}");
    return at;
  }

  void write(int n) {
    String at = put(n);
    inbox.publish(update(PLAYS, key(n), at, collection.get(n)));
  }

  private void remove(int n) {
    collection.remove(n);
    inbox.publish(delete(PLAYS, key(n), next()));
  }

  @Override
  public boolean isWatched(Namespace namespace) {
    return namespace.equals(PLAYS);
  }

  @Override
  public String newId() {
    return "s" + ids.incrementAndGet();
  }

  @Override
  public Optional<Asked> find(String id) {
    if (away) {
      throw new PipelineException(FailureKind.TRANSIENT, "MongoDB cannot be reached");
    }
    return asked.contains(id)
        ? Optional.of(new Asked(refuses != null, refuses == null ? "ended" : refuses))
        : Optional.empty();
  }

  @Override
  public void ask(String id, List<Namespace> collections) {
    assertThat(collections).containsExactly(PLAYS);
    dying.step(
        () -> {
          asked.add(id);
          if (refuses == null) {
            take(id);
          }
        });
  }

  private void take(String id) {
    String from = next();
    inbox.publish(snapshot(EventType.SNAPSHOT_STARTED, id, PLAYS, from, next(), false));
    write(3);
    List<Integer> unread = List.copyOf(collection.keySet());
    for (int n : unread) {
      if (n == 5) {
        remove(6);
        write(1);
        meanwhile.run();
      }
      // The third has been left out: a newer change of it is published.
      if (n != 3 && collection.containsKey(n)) {
        now++;
        inbox.publish(
            GivenEvents.put(EventType.READ, PLAYS, key(n), position(now, -1), collection.get(n)));
      }
    }
    EventType ends = abandons ? EventType.SNAPSHOT_ABANDONED : EventType.SNAPSHOT_COMPLETED;
    inbox.publish(snapshot(ends, id, PLAYS, from, next(), false));
    write(2);
    write(8);
  }
}
