package dev.sluice.consume;

import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.change.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Events as a test wants them. */
public final class GivenEvents {
  public static final Namespace PLAYS = new Namespace("scrabble", "plays");
  public static final Namespace PLAYERS = new Namespace("scrabble", "players");

  /** When all begins: 2026-11-20, as the positions of the message format's examples. */
  public static final int BEGIN = 0x6aff9c0b;

  private GivenEvents() {}

  public static DocumentKey key(int n) {
    return new DocumentKey(String.format("%024x", n), "objectId");
  }

  /** The n-th position outside of a transaction; one second each. */
  public static String position(int n) {
    return position(n, 0);
  }

  public static String position(int n, int index) {
    return new ChangePosition((long) (BEGIN + n) << Integer.SIZE | 1, index).text();
  }

  public static Event put(EventType type, Namespace in, DocumentKey key, String at, String json) {
    return new Event(
        id(type, in, key, at), type, in, key, at, Event.State.PRESENT, Json.of(json), Map.of());
  }

  public static Event insert(Namespace in, DocumentKey key, String at, String json) {
    return put(EventType.INSERT, in, key, at, json);
  }

  /** The same, of this trace. */
  public static Event in(String traceparent, Event event) {
    return event.in(new TraceParent(traceparent));
  }

  public static Event update(Namespace in, DocumentKey key, String at, String json) {
    return put(EventType.UPDATE, in, key, at, json);
  }

  public static Event delete(Namespace in, DocumentKey key, String at) {
    return without(EventType.DELETE, in, key, at, Event.State.DELETED);
  }

  /** An update whose lookup found nothing. */
  public static Event gone(Namespace in, DocumentKey key, String at) {
    return without(EventType.UPDATE, in, key, at, Event.State.NOT_FOUND);
  }

  public static Event without(
      EventType type, Namespace in, DocumentKey key, String at, Event.State state) {
    return new Event(id(type, in, key, at), type, in, key, at, state, null, Map.of());
  }

  public static Event whole(EventType type, Namespace in, String at) {
    return whole(type, in, at, Map.of());
  }

  public static Event whole(EventType type, Namespace in, String at, Map<String, String> details) {
    Map<String, Json> json = new LinkedHashMap<>();
    details.forEach((name, text) -> json.put(name, Json.of(text)));
    return new Event(id(type, in, null, at), type, in, null, at, Event.State.NONE, null, json);
  }

  public static Event rename(Namespace from, Namespace to, String at) {
    return whole(EventType.RENAME, from, at, Map.of("to", name(to)));
  }

  /** Another collection took the name of this one. */
  public static Event replaced(Namespace name, String at) {
    return whole(
        EventType.RENAME,
        name,
        at,
        Map.of("to", name(name), "from", name(new Namespace(name.database(), "tmp.agg_out.2"))));
  }

  private static String name(Namespace namespace) {
    return "{\"database\": \""
        + namespace.database()
        + "\", \"collection\": \""
        + namespace.collection()
        + "\"}";
  }

  public static Event snapshotCompleted(
      Namespace collection, String from, String at, boolean filtered) {
    return snapshot(EventType.SNAPSHOT_COMPLETED, "s1", collection, from, at, filtered);
  }

  /** What is told of a snapshot of one collection. */
  public static Event snapshot(
      EventType type, String id, Namespace collection, String from, String at, boolean filtered) {
    return whole(
        type,
        null,
        at,
        Map.of(
            "snapshot",
            "{\"id\": \""
                + id
                + "\", \"namespaces\": [\""
                + collection
                + "\"], \"from\": \""
                + from
                + "\", \"filtered\": "
                + filtered
                + ", \"documents\": 3}"));
  }

  /** As the pipeline does: a function of what the event is. */
  private static String id(EventType type, Namespace in, DocumentKey key, String at) {
    UUID id =
        UUID.nameUUIDFromBytes(
            (type + "/" + in + "/" + key + "/" + at).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits(id.getMostSignificantBits())
        + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
  }
}
