package dev.sluice.target.redis;

import static dev.sluice.target.redis.RedisConnection.bytes;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Json;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One stream of all events in the order of the queue, each once: beside it lie the message-ids of
 * what it has, and both are written by one script.
 */
final class EventStream implements RedisTarget.Kept {
  /** Repeats reach back further than a short stream. */
  private static final long FEWEST_IDS = 65_536;

  /**
   * Keys are the stream and its ids, which are in the order in which they came. First there are two
   * arguments, how long the stream may be and how many ids are kept, 0 for all; then for each event
   * its id, how many arguments follow, and these. The entry comes first: an id without entry would
   * be an event that is lost.
   */
  private static final RedisScript APPEND =
      new RedisScript(
          """
          local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')
          local count = tonumber(last[2] or '0')
          local at = 3
          while at <= #ARGV do
            local id, fields = ARGV[at], tonumber(ARGV[at + 1])
            if not redis.call('ZSCORE', KEYS[2], id) then
              local entry = {'XADD', KEYS[1]}
              if ARGV[1] ~= '0' then
                entry[3], entry[4], entry[5] = 'MAXLEN', '~', ARGV[1]
              end
              entry[#entry + 1] = '*'
              for each = at + 2, at + 1 + fields do
                entry[#entry + 1] = ARGV[each]
              end
              redis.call(unpack(entry))
              count = count + 1
              redis.call('ZADD', KEYS[2], string.format('%.0f', count), id)
            end
            at = at + 2 + fields
          end
          if ARGV[2] ~= '0' then
            redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -tonumber(ARGV[2]) - 1)
          end
          """);

  private final RedisConnection connection;
  private final String name;
  private final List<byte[]> keys;
  private final byte[] maxLength;
  private final byte[] ids;

  EventStream(RedisConnection connection, RedisParameters parameters) {
    this.connection = connection;
    this.name = parameters.key();
    this.keys = List.of(bytes(name), bytes(name + ":ids"));
    long length = parameters.maxLength();
    this.maxLength = bytes(Long.toString(length));
    this.ids = bytes(Long.toString(length == 0 ? 0 : Math.max(length, FEWEST_IDS)));
  }

  @Override
  public void apply(Batch batch) {
    if (batch.isEmpty()) {
      return;
    }
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(maxLength);
    arguments.add(ids);
    for (Event event : batch.events()) {
      List<byte[]> fields = fields(event);
      arguments.add(bytes(event.messageId()));
      arguments.add(bytes(Integer.toString(fields.size())));
      arguments.addAll(fields);
    }
    try {
      connection.run(APPEND, keys, arguments);
    } catch (TargetException failure) {
      if (failure.kind() != TargetException.Kind.REFUSED) {
        throw failure;
      }
      throw TargetException.unusable(
          connection.name()
              + " has something else under "
              + name
              + " or "
              + name
              + ":ids: name another stream by the target's parameter key",
          failure);
    }
  }

  private static List<byte[]> fields(Event event) {
    List<byte[]> fields = new ArrayList<>();
    add(fields, "eventId", event.messageId());
    add(fields, "position", event.position());
    add(fields, "operation", event.type().text());
    add(fields, "time", event.time().toString());
    if (event.namespace() != null) {
      add(fields, "database", event.namespace().database());
      if (event.namespace().collection() != null) {
        add(fields, "collection", event.namespace().collection());
      }
    }
    if (event.key() != null) {
      add(fields, "_id", event.key().id());
      add(fields, "idType", event.key().type());
    }
    if (event.document() != null) {
      add(fields, "document", event.document());
    }
    for (Map.Entry<String, Json> detail : new TreeMap<>(event.details()).entrySet()) {
      add(fields, detail.getKey(), detail.getValue());
    }
    return fields;
  }

  private static void add(List<byte[]> fields, String name, String text) {
    fields.add(bytes(name));
    fields.add(bytes(text));
  }

  private static void add(List<byte[]> fields, String name, Json json) {
    fields.add(bytes(name));
    fields.add(json.bytes());
  }
}
