package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Changes of two small collections as somebody might make them, with the collections as they are at
 * the end: inserts, updates (some with a looked-up document that is ahead of its change, some for
 * which nothing was found), replaces, deletes, documents that are inserted again, and transactions
 * that change one document several times.
 */
public final class GeneratedHistory {
  private static final int DOCUMENTS = 12;
  private static final int LONGEST_TRANSACTION = 5;

  private record Change(EventType type, Namespace in, DocumentKey key, String at, String json) {}

  private final Random random;
  private final List<Change> changes = new ArrayList<>();
  private final Map<Namespace, Map<DocumentKey, String>> collections = new LinkedHashMap<>();
  private int version;

  public GeneratedHistory(long seed, int transactions) {
    this.random = new Random(seed);
    collections.put(GivenEvents.PLAYS, new LinkedHashMap<>());
    collections.put(GivenEvents.PLAYERS, new LinkedHashMap<>());
    for (int n = 0; n < transactions; n++) {
      transaction(n);
    }
  }

  private void transaction(int n) {
    int writes = random.nextInt(4) == 0 ? 1 + random.nextInt(LONGEST_TRANSACTION) : 1;
    DocumentKey sameAgain = key(random.nextInt(DOCUMENTS));
    for (int index = 0; index < writes; index++) {
      DocumentKey key = random.nextBoolean() ? sameAgain : key(random.nextInt(DOCUMENTS));
      write(
          random.nextInt(3) == 0 ? GivenEvents.PLAYERS : GivenEvents.PLAYS,
          key,
          GivenEvents.position(n, index));
    }
  }

  /** Keys of several types, some of which look alike. */
  private static DocumentKey key(int n) {
    return switch (n % 4) {
      case 0 -> GivenEvents.key(n);
      case 1 -> new DocumentKey(GivenEvents.key(n - 1).id(), "string");
      case 2 -> new DocumentKey(Integer.toString(n), "int");
      default -> new DocumentKey(Integer.toString(n - 1), "long");
    };
  }

  private void write(Namespace in, DocumentKey key, String at) {
    Map<DocumentKey, String> collection = collections.get(in);
    version++;
    String json =
        "{\"_id\": \""
            + key.id()
            + "\", \"word\": \"W'"
            + version
            + "\\\"Ω\", \"score\": "
            + version
            + "}";
    if (!collection.containsKey(key)) {
      collection.put(key, json);
      changes.add(new Change(EventType.INSERT, in, key, at, json));
    } else if (random.nextInt(4) == 0) {
      collection.remove(key);
      changes.add(new Change(EventType.DELETE, in, key, at, null));
    } else {
      collection.put(key, json);
      EventType type = random.nextBoolean() ? EventType.UPDATE : EventType.REPLACE;
      changes.add(new Change(type, in, key, at, json));
    }
  }

  /** The documents of a collection at the end, by {@link DocumentKey#text}. */
  public Map<String, String> documents(Namespace collection) {
    Map<String, String> documents = new LinkedHashMap<>();
    collections.get(collection).forEach((key, json) -> documents.put(key.text(), json));
    return documents;
  }

  /** The changes as events, in their order; updates have what a lookup finds at some later time. */
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      events.add(event(changes.get(i), i));
    }
    return events;
  }

  private Event event(Change change, int index) {
    if (change.type() == EventType.DELETE) {
      return GivenEvents.delete(change.in(), change.key(), change.at());
    }
    String json = change.json();
    if (change.type() == EventType.UPDATE && random.nextInt(3) == 0) {
      int ahead = Math.min(changes.size(), index + 1 + random.nextInt(10));
      for (Change later : changes.subList(index + 1, ahead)) {
        if (later.in().equals(change.in()) && later.key().equals(change.key())) {
          json = later.json();
        }
      }
    }
    return json == null
        ? GivenEvents.gone(change.in(), change.key(), change.at())
        : GivenEvents.put(change.type(), change.in(), change.key(), change.at(), json);
  }

  /**
   * The events as they may come: first deliveries in their order, and again and again a stretch of
   * what has come, repeated in its order and to its end.
   */
  public List<Event> deliveries() {
    List<Event> first = events();
    List<Event> deliveries = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      deliveries.add(first.get(i));
      if (random.nextInt(15) == 0) {
        int from =
            random.nextInt(10) == 0 ? random.nextInt(i + 1) : Math.max(0, i - random.nextInt(20));
        deliveries.addAll(first.subList(from, i + 1));
      }
    }
    deliveries.addAll(first.subList(random.nextInt(first.size()), first.size()));
    return deliveries;
  }

  /** The same in batches of all sizes. */
  public List<List<Event>> batches(List<Event> events) {
    List<List<Event>> batches = new ArrayList<>();
    for (int from = 0; from < events.size(); ) {
      int to = Math.min(events.size(), from + 1 + random.nextInt(25));
      batches.add(events.subList(from, to));
      from = to;
    }
    return batches;
  }

  public Random random() {
    return random;
  }
}
