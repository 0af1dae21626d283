package dev.sluice.prove;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run writes to and reads from, under its own names, and the settings that tell Sluice.
 *
 * @param name in all names of the run
 * @param places the watched collections
 * @param outside collections beside them that are not; their queue is nothing
 * @param bindings those that Sluice declares
 * @param parkingQueue where what is too large goes; nothing where nothing is parked
 * @param hidden what must not leave
 * @param images whether MongoDB keeps images
 */
record Layout(
    Shape shape,
    String name,
    List<Place> places,
    List<Place> outside,
    List<Binding> bindings,
    Optional<String> parkingQueue,
    Optional<HiddenText> hidden,
    boolean images) {

  /** How a queue gets what goes to a named exchange. */
  record Binding(String exchange, String queue, String key) {}

  Layout {
    places = List.copyOf(places);
    outside = List.copyOf(outside);
    bindings = List.copyOf(bindings);
  }

  /**
   * @param shape plain, or a stream
   */
  static Layout plain(Shape shape, String name) {
    return new Layout(
        shape,
        name,
        List.of(new Place(name, "ledger", name)),
        List.of(),
        List.of(new Binding(name, name, "#")),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /**
   * A collection by its name and two by a pattern, from which one is left out; a collection with a
   * dot in its name; routes to exchanges of their own, and one straight to the queue in which the
   * ends of transactions are as well, so that there is an order between them and its events.
   *
   * @param images whether the servers keep images of documents
   */
  static Layout wide(String name, HiddenText hidden, boolean images) {
    String archive = name + "-archive";
    return new Layout(
        Shape.WIDE,
        name,
        List.of(
            new Place(name, "orders", name + "-orders"),
            new Place(archive, "items", name),
            new Place(archive, "events.log", name + "-events")),
        List.of(
            new Place(name, "orders_old", ""),
            new Place(archive, "tmp_items", ""),
            new Place(name + "-other", "orders", "")),
        List.of(
            new Binding(name, name, "#"),
            new Binding(name + ".orders", name + "-orders", "#"),
            new Binding(name + ".events", name + "-events", "*.events.log.*")),
        Optional.of(name + ".parked"),
        Optional.of(hidden),
        images);
  }

  /** The queue of the settings: of what no route is for. */
  String queue() {
    return name;
  }

  /** All that a consumer reads. */
  List<String> queues() {
    List<String> queues = new ArrayList<>();
    queues.add(queue());
    places.stream().map(Place::queue).filter(queue -> !queues.contains(queue)).forEach(queues::add);
    parkingQueue.ifPresent(queues::add);
    return queues;
  }

  /** All databases that are written to. */
  List<String> databases() {
    List<Place> all = new ArrayList<>(places);
    all.addAll(outside);
    return all.stream().map(Place::database).distinct().toList();
  }

  /** In a line, for whoever reads the run. */
  String told() {
    String scope =
        "%s in %s to %s, %s"
            .formatted(
                counted(places.stream(), "collection"),
                counted(places.stream().map(Place::database), "database"),
                counted(places.stream().map(Place::queue), "queue"),
                images ? "NEW_AND_OLD_IMAGES" : "NEW_IMAGE");
    return shape != Shape.WIDE
        ? scope
        : scope + ", transactions, hidden fields, what is too large, writes out of scope";
  }

  private static String counted(Stream<?> things, String word) {
    long count = things.distinct().count();
    return count + " " + word + (count == 1 ? "" : "s");
  }

  /** What the messages are held to. */
  Terms terms() {
    return new Terms(
        places.stream().map(Place::namespace).collect(Collectors.toSet()),
        images,
        shape == Shape.WIDE);
  }

  /**
   * The settings that say all this.
   *
   * @param folder gets the files that they name
   */
  Map<String, String> settings(Path folder) {
    Map<String, String> settings = new HashMap<>();
    settings.put("MONGO_DATABASE_NAME", name);
    settings.put("SLUICE_PIPELINE", name);
    settings.put("SLUICE_EXCHANGE", name);
    settings.put("SLUICE_QUEUE", name);
    if (shape != Shape.WIDE) {
      settings.put("SLUICE_COLLECTION", places.get(0).collection());
      return settings;
    }
    settings.put("SLUICE_NAMESPACES", "%s.orders, %s-archive.*".formatted(name, name));
    settings.put("SLUICE_EXCLUDE", name + "-archive.tmp_*");
    settings.put("SLUICE_VIEW", images ? "NEW_AND_OLD_IMAGES" : "NEW_IMAGE");
    settings.put("SLUICE_ENABLE_IMAGES", Boolean.toString(images));
    settings.put("SLUICE_FIELDS_EXCLUDE", String.join(",", Contents.EXCLUDED));
    settings.put("SLUICE_FIELDS_MASK", Contents.MASKED);
    settings.put("SLUICE_FIELDS_HASH", Contents.HASHED);
    settings.put(
        "SLUICE_FIELDS_HASH_KEY_FILE", kept(folder, "hash-key", hidden.orElseThrow().key()));
    settings.put("SLUICE_ROUTES_FILE", kept(folder, "routes.json", routes()));
    settings.put("SLUICE_TRANSACTION_MARKERS", "true");
    settings.put("SLUICE_MAX_MESSAGE_BYTES", Integer.toString(Contents.MESSAGE_LIMIT));
    settings.put("SLUICE_ON_POISON", "park");
    return settings;
  }

  private String routes() {
    return """
        [
          {"namespaces": "NAME.orders", "exchange": "NAME.orders", "queue": "NAME-orders",
           "bindingKey": "#"},
          {"namespaces": "NAME-archive.items", "exchange": "", "queue": "NAME"},
          {"namespaces": "*.events*", "exchange": "NAME.events", "queue": "NAME-events",
           "bindingKey": "*.events.log.*"}
        ]
        """
        .replace("NAME", name);
  }

  private static String kept(Path folder, String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
