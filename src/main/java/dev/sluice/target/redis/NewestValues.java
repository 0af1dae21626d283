package dev.sluice.target.redis;

import static dev.sluice.target.redis.RedisConnection.bytes;
import static dev.sluice.target.redis.RedisConnection.text;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Protocol.Command;

/**
 * A hash for each document with {@code position} and {@code document}; the marker of a delete has
 * the first only, and a time to live.
 *
 * <p>Of a collection's keys there is no index, which would cost each write a second one and memory:
 * what concerns a whole collection is rare, and walks over the keys of the server.
 *
 * <p>A batch is not one transaction, but may be repeated from its beginning wherever it ended. This
 * is plain of everything but a rename: repeated, it would first clear of the new name what it had
 * moved there. So it leaves a note before it moves.
 */
final class NewestValues implements RedisTarget.Kept, NewestStates.Store {
  /** What {@code SCAN} is to give: somebody may have other values under such names. */
  private static final String[] HASHES = {"TYPE", "hash"};

  /**
   * Keys are the one of floors and those of documents; arguments the collection, the database, the
   * time to live of a marker, and for each document position and text, empty for a delete. The
   * floor is looked at here again: a second consumer may have raised it.
   */
  private static final RedisScript WRITE =
      new RedisScript(
          """
          redis.call('HSETNX', KEYS[1], ARGV[1], '')
          local floor = redis.call('HGET', KEYS[1], ARGV[1])
          local whole = redis.call('HGET', KEYS[1], ARGV[2])
          if whole and whole > floor then
            floor = whole
          end
          for i = 2, #KEYS do
            local key, position, document = KEYS[i], ARGV[2 * i], ARGV[2 * i + 1]
            local kept = redis.call('HGET', key, 'position')
            if position >= floor and (not kept or kept < position) then
              if document == '' then
                redis.call('HSET', key, 'position', position)
                redis.call('HDEL', key, 'document')
                redis.call('PEXPIRE', key, ARGV[3])
              else
                redis.call('HSET', key, 'position', position, 'document', document)
                if kept then
                  redis.call('PERSIST', key)
                end
              end
            end
          end
          """);

  private static final RedisScript RAISE =
      new RedisScript(
          """
          local floor = redis.call('HGET', KEYS[1], ARGV[1])
          if not floor or floor < ARGV[2] then
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
          end
          """);

  /** Keys are documents, the argument the position below which they go. */
  private static final RedisScript CLEAR =
      new RedisScript(
          """
          for i = 1, #KEYS do
            local kept = redis.call('HGET', KEYS[i], 'position')
            if kept and kept < ARGV[1] then
              redis.call('UNLINK', KEYS[i])
            end
          end
          """);

  /** Keys are a document and where it goes, and so on. What is newer there stays. */
  private static final RedisScript MOVE =
      new RedisScript(
          """
          for i = 1, #KEYS, 2 do
            local moved = redis.call('HGET', KEYS[i], 'position')
            if moved and moved < ARGV[1] then
              local kept = redis.call('HGET', KEYS[i + 1], 'position')
              if kept and kept >= moved then
                redis.call('UNLINK', KEYS[i])
              else
                redis.call('RENAME', KEYS[i], KEYS[i + 1])
              end
            end
          end
          """);

  private final RedisConnection connection;
  private final String prefix;
  private final byte[] markerMillis;

  /** A hash: field {@code database.collection}, or {@code database}; its floor, maybe empty. */
  private final byte[] floors;

  /** A hash: the new name of a rename that has begun to move, and its position. */
  private final byte[] renames;

  NewestValues(RedisConnection connection, RedisParameters parameters) {
    this.connection = connection;
    this.prefix = parameters.prefix();
    this.markerMillis = bytes(Long.toString(parameters.markers().toMillis()));
    // No key of a document looks like it: the name of its collection has a dot.
    this.floors = bytes(prefix + "sluice:collections");
    this.renames = bytes(prefix + "sluice:renames");
    requireOurs(floors);
    requireOurs(renames);
  }

  private void requireOurs(byte[] key) {
    String type = text(connection.call(Command.TYPE, key));
    if (!type.equals("hash") && !type.equals("none")) {
      throw TargetException.unusable(
          connection.name()
              + " has something else under "
              + text(key)
              + ": put something in front of our keys by the target's parameter prefix");
    }
  }

  @Override
  public void apply(Batch batch) {
    NewestStates.apply(batch, this);
  }

  /** What the keys of a collection begin with. Its name may have colons, and they are escaped. */
  private String keysOf(Namespace collection) {
    return prefix + collection.toString().replace("%", "%25").replace(":", "%3A") + ":";
  }

  @Override
  public void write(Namespace collection, List<Event> newest) {
    List<byte[]> keys = new ArrayList<>(1 + newest.size());
    List<byte[]> arguments = new ArrayList<>(3 + 2 * newest.size());
    keys.add(floors);
    arguments.add(bytes(collection.toString()));
    arguments.add(bytes(collection.database()));
    arguments.add(markerMillis);
    String begin = keysOf(collection);
    for (Event event : newest) {
      keys.add(bytes(begin + event.key().text()));
      arguments.add(bytes(event.position()));
      arguments.add(event.document() == null ? new byte[0] : event.document().bytes());
    }
    connection.run(WRITE, keys, arguments);
  }

  @Override
  public String floor(Namespace namespace) {
    String floor = text(connection.call(Command.HGET, floors, bytes(namespace.toString())));
    return floor == null ? "" : floor;
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    connection.run(RAISE, List.of(floors), List.of(bytes(namespace.toString()), bytes(position)));
  }

  @Override
  public boolean holds(Namespace collection) {
    return connection.call(Command.HEXISTS, floors, bytes(collection.toString())).equals(1L);
  }

  @Override
  public void clear(Namespace collection, String below) {
    if (below.equals(text(connection.call(Command.HGET, renames, bytes(collection.toString()))))) {
      // What a rename has moved before it was cut off: it is just being repeated.
      return;
    }
    // First, so that a second consumer brings nothing back meanwhile.
    setFloor(collection, below);
    connection.scan(
        Glob.literal(keysOf(collection)) + "*",
        keys -> connection.run(CLEAR, keys, List.of(bytes(below))),
        HASHES);
  }

  @Override
  public void move(Namespace from, Namespace to, String below) {
    connection.call(Command.HSET, renames, bytes(to.toString()), bytes(below));
    String old = keysOf(from);
    connection.scan(
        Glob.literal(old) + "*", keys -> move(keys, bytes(old).length, keysOf(to), below), HASHES);
    // From here on the rename's repeat does nothing, and the note may go.
    setFloor(from, below);
    connection.call(Command.HDEL, renames, bytes(to.toString()));
  }

  private void move(List<byte[]> from, int oldLength, String begin, String below) {
    List<byte[]> keys = new ArrayList<>(2 * from.size());
    for (byte[] key : from) {
      keys.add(key);
      keys.add(renamed(key, oldLength, bytes(begin)));
    }
    connection.run(MOVE, keys, List.of(bytes(below)));
  }

  private static byte[] renamed(byte[] key, int oldLength, byte[] begin) {
    byte[] renamed = new byte[begin.length + key.length - oldLength];
    System.arraycopy(begin, 0, renamed, 0, begin.length);
    System.arraycopy(key, oldLength, renamed, begin.length, key.length - oldLength);
    return renamed;
  }

  @Override
  public List<Namespace> collections(String database) {
    List<?> names = (List<?>) connection.call(Command.HKEYS, floors);
    List<Namespace> all = new ArrayList<>();
    for (Object each : names) {
      // A collection's name may have dots, a database's has none.
      String name = text(each);
      if (name.startsWith(database + ".")) {
        all.add(new Namespace(database, name.substring(database.length() + 1)));
      }
    }
    return all;
  }
}
