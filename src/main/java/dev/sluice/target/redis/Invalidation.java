package dev.sluice.target.redis;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.SnapshotEnd;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Protocol.Command;

/**
 * Deletes of somebody's cache the values of documents that have changed. Whoever needs one reads it
 * anew, so it is right in any order, and as often as one likes.
 */
final class Invalidation implements RedisTarget.Kept {
  private final RedisConnection connection;
  private final KeyPattern pattern;

  Invalidation(RedisConnection connection, KeyPattern pattern) {
    this.connection = connection;
    this.pattern = pattern;
  }

  @Override
  public void apply(Batch batch) {
    Set<String> keys = new LinkedHashSet<>();
    Set<Namespace> collections = new LinkedHashSet<>();
    for (Event event : batch.events()) {
      if (event.type().isOnDocument()) {
        keys.add(pattern.key(event.namespace(), event.key()));
      } else {
        collections.addAll(concerned(event));
      }
    }
    delete(keys.stream().map(RedisConnection::bytes).toList());
    collections.forEach(each -> connection.scan(pattern.glob(each), this::delete));
  }

  /** The end of a database comes behind a drop of each of its collections. */
  private static Collection<Namespace> concerned(Event event) {
    return switch (event.type()) {
      case DROP -> List.of(event.namespace());
      case RENAME -> Set.copyOf(List.of(event.namespace(), event.renamedTo()));
      case SNAPSHOT_COMPLETED -> {
        SnapshotEnd end = SnapshotEnd.of(event);
        yield end.whole() ? end.namespaces() : List.of();
      }
      default -> List.of();
    };
  }

  private void delete(List<byte[]> keys) {
    if (!keys.isEmpty()) {
      connection.call(Command.UNLINK, keys.toArray(byte[][]::new));
    }
  }
}
