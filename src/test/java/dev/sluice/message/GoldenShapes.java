package dev.sluice.message;

import static dev.sluice.json.BsonPieces.bytes;
import static dev.sluice.json.BsonPieces.field;
import static dev.sluice.json.BsonPieces.int32;
import static dev.sluice.json.BsonPieces.parse;
import static dev.sluice.json.BsonPieces.string;
import static dev.sluice.json.BsonPieces.text;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Commit;
import dev.sluice.change.Gap;
import dev.sluice.change.Namespace;
import dev.sluice.change.Transaction;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.json.BsonPieces;
import dev.sluice.json.BsonSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonTimestamp;

/** The events that have a golden file in {@code shape} and {@code id}. */
final class GoldenShapes {
  /** One event and how it is to be written. */
  record Shape(String name, EnvelopeSettings settings, Change event) {
    byte[] body() {
      return message().body();
    }

    Message message() {
      return new EnvelopeEncoder(settings, 16 << 20).encode(event);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static final String DUPLICATE_KEYS = "shape/duplicate-keys";

  static final int HUGE = 1_000_000;
  static final int LEVELS = 200;

  /** The others have their shapes in {@link FormatShapes}. */
  private static final List<EventFormat> OUR_FORMATS =
      List.of(EventFormat.ENVELOPE, EventFormat.DOCUMENT);

  private static final String UPDATE =
      "{\"updatedFields\": {\"score\": 23, \"tiles.3\": \"Z\"}, \"removedFields\": [\"draft\"]}";

  private final List<Shape> shapes = new ArrayList<>();

  private GoldenShapes() {}

  static List<Shape> all() {
    GoldenShapes shapes = new GoldenShapes();
    shapes.addOperations();
    shapes.addDocumentFormat();
    shapes.addWhatConcernsTheCollection();
    shapes.addViews();
    shapes.addWhatConcernsSeveralCollections();
    shapes.addTypes();
    shapes.addIds();
    shapes.addTexts();
    shapes.addKeysAndDepth();
    shapes.addSnapshots();
    return shapes.shapes;
  }

  static EnvelopeSettings settings(EventFormat format, JsonMode json) {
    return new EnvelopeSettings(
        "scrabble-cdc",
        Scope.of("scrabble", "scrabble"),
        View.NEW_IMAGE,
        format,
        json,
        Long.MAX_VALUE);
  }

  private void addOperations() {
    String before = "{\"word\": \"QUIZ\", \"score\": 22}";
    String after = "{\"word\": \"QUIZ\", \"score\": 23}";
    add("insert", EventBuilder.insert().document(before));
    add("replace", EventBuilder.replace().document(after));
    add("delete", EventBuilder.delete());
    add("update-lookup", EventBuilder.update(UPDATE).document(after));
    add("update-lookup-found-nothing", EventBuilder.update(UPDATE).lookupFoundNothing());
    add("update-without-lookup", EventBuilder.update(UPDATE));
    add("wall-time", EventBuilder.delete().wallTime("2026-11-20T01:02:03.120Z"));
    add("wall-time-before-1970", EventBuilder.delete().wallTime("1969-12-31T23:59:59.999Z"));
    add("largest-cluster-time", EventBuilder.delete().committedAt(0xffff_ffffL, 0xffff_ffffL));
    add("names-with-dots-and-quotes", EventBuilder.delete().in("d\"b", "a.b.ü\u2028"));
    add("sharded", EventBuilder.delete().shardKey("player", "Ada"));
    add("transaction", inTransaction(EventBuilder.insert().document(before)));
    add("everything", inTransaction(EventBuilder.update(UPDATE).document(after)));
    String truncated =
        "{\"updatedFields\": {}, \"removedFields\": [],"
            + " \"truncatedArrays\": [{\"field\": \"tiles\", \"newSize\": 2}],"
            + " \"disambiguatedPaths\": {}}";
    for (JsonMode mode : JsonMode.values()) {
      add("truncated-arrays", EventFormat.ENVELOPE, mode, EventBuilder.update(truncated));
    }
  }

  private static EventBuilder inTransaction(EventBuilder event) {
    UUID session = UUID.fromString("68a0bf3d-eaa2-4194-8b0b-1bf8d2af0d15");
    return event.wallTime("2026-11-20T01:02:03.120Z").transaction(session, 16).index(2);
  }

  private void addDocumentFormat() {
    String fields = "{\"word\": \"QUIZ\", \"score\": 23}";
    for (JsonMode mode : JsonMode.values()) {
      EventBuilder insert = EventBuilder.insert().document(fields);
      add("document-insert", EventFormat.DOCUMENT, mode, insert);
    }
    addDocument("update-lookup", inTransaction(EventBuilder.update(UPDATE).document(fields)));
    addDocument("update-without-lookup", EventBuilder.update(UPDATE));
    EventBuilder gone = EventBuilder.update(UPDATE).lookupFoundNothing();
    addDocument("update-lookup-found-nothing", gone);
    addDocument("replace", EventBuilder.replace().document(fields));
    addDocument("delete", EventBuilder.delete());
    addDocument("nothing-but-an-id", EventBuilder.insert().document());
    String likeOurs =
        "{\"type\": 1, \"entry_id\": 2, \"metadata\": 3, \"operation\": \"mine\","
            + " \"database\": \"mine\", \"collection\": \"mine\", \"document\": \"mine\","
            + " \"update\": \"mine\", \"types\": \"mine\"}";
    addDocument("keys-like-ours", EventBuilder.insert().document(likeOurs));
    add("keys-like-ours", EventBuilder.insert().document(likeOurs));
  }

  private void addWhatConcernsTheCollection() {
    for (EventFormat format : OUR_FORMATS) {
      EnvelopeSettings settings = settings(format, JsonMode.RELAXED);
      String prefix = format == EventFormat.DOCUMENT ? "shape/document-" : "shape/";
      Map<String, Change> changes =
          Map.of(
              "drop", EventBuilder.ofCollection("drop").build(),
              "rename", EventBuilder.ofCollection("rename").to("archive", "old plays").build(),
              "replaced",
                  EventBuilder.ofCollection("rename")
                      .in("scrabble", "tmp.agg_out.2")
                      .to("scrabble", "scrabble")
                      .build(),
              "invalidate", EventBuilder.invalidate().build(),
              "commit", commit(),
              "gap", new Gap(Optional.of(timestamp(60)), timestamp(660), "The oplog was too short"),
              "gap-from-nowhere",
                  new Gap(Optional.empty(), timestamp(660), "The token is damaged"));
      changes.forEach((name, change) -> shapes.add(new Shape(prefix + name, settings, change)));
    }
  }

  /** Of a transaction with events in two collections. */
  static Commit commit() {
    ChangeEvent last = inTransaction(EventBuilder.delete()).build();
    return new Commit(
        Transaction.of(last).orElseThrow(),
        last.order(),
        List.of(
            new Commit.Count(new Namespace("scrabble", "scrabble"), 2),
            new Commit.Count(new Namespace("shop", "orders.\"old\""), 1)));
  }

  private void addViews() {
    String old = "{\"word\": \"QUIZ\", \"score\": 22}";
    String present = "{\"word\": \"QUIZ\", \"score\": 23}";
    addView("keys-insert", View.KEYS_ONLY, EventBuilder.insert());
    addView("keys-delete", View.KEYS_ONLY, EventBuilder.delete());
    addView("old-insert", View.OLD_IMAGE, EventBuilder.insert());
    addView("old-update", View.OLD_IMAGE, EventBuilder.of("update").before(old));
    addView("old-delete", View.OLD_IMAGE, EventBuilder.delete().before(old));
    addView("both-insert", View.NEW_AND_OLD_IMAGES, EventBuilder.insert().document(present));
    addView(
        "both-update",
        View.NEW_AND_OLD_IMAGES,
        EventBuilder.update(UPDATE).document(present).before(old).postImage());
    addView(
        "both-update-expired",
        View.NEW_AND_OLD_IMAGES,
        EventBuilder.update(UPDATE).lookupFoundNothing().beforeHasExpired().postImage());
    addView(
        "both-replace",
        View.NEW_AND_OLD_IMAGES,
        EventBuilder.replace().document(present).before(old));
    addView("both-delete", View.NEW_AND_OLD_IMAGES, EventBuilder.delete().before(old));
    addView(
        "both-delete-expired", View.NEW_AND_OLD_IMAGES, EventBuilder.delete().beforeHasExpired());
  }

  private void addView(String name, View view, EventBuilder event) {
    for (EventFormat format : OUR_FORMATS) {
      shapes.add(
          new Shape(
              shapeOf(format, "view-" + name),
              new EnvelopeSettings(
                  "scrabble-cdc",
                  Scope.of("scrabble", "scrabble"),
                  view,
                  format,
                  JsonMode.RELAXED,
                  Long.MAX_VALUE),
              event.build()));
    }
  }

  private void addSnapshots() {
    for (EventFormat format : OUR_FORMATS) {
      for (SnapshotShapes.Told told : SnapshotShapes.all()) {
        EnvelopeSettings settings = FormatShapes.settings(format, told.view());
        shapes.add(new Shape(shapeOf(format, told.name()), settings, told.change()));
      }
    }
  }

  private static String shapeOf(EventFormat format, String name) {
    return (format == EventFormat.DOCUMENT ? "shape/document-" : "shape/") + name;
  }

  /** Of no collection in particular, where more than one is watched. */
  private void addWhatConcernsSeveralCollections() {
    for (EventFormat format : OUR_FORMATS) {
      EnvelopeSettings settings =
          new EnvelopeSettings(
              "scrabble-cdc",
              new Scope(
                  List.of(
                      NamespacePattern.of("scrabble", "scrabble"),
                      NamespacePattern.of("archive", "plays")),
                  List.of()),
              View.NEW_IMAGE,
              format,
              JsonMode.RELAXED,
              Long.MAX_VALUE);
      Map<String, Change> changes =
          Map.of(
              "several-gap", new Gap(Optional.empty(), timestamp(660), "The token is damaged"),
              "several-drop-database",
                  EventBuilder.ofCollection("dropDatabase").in("archive", null).build(),
              "several-create-indexes",
                  EventBuilder.ofCollection("createIndexes")
                      .operationDescription("{\"indexes\": [{\"v\": 2, \"name\": \"by_word\"}]}")
                      .build());
      changes.forEach(
          (name, change) -> shapes.add(new Shape(shapeOf(format, name), settings, change)));
    }
  }

  private static BsonTimestamp timestamp(int seconds) {
    return new BsonTimestamp((int) EventBuilder.COMMITTED_AT - 660 + seconds, 1);
  }

  private void addTypes() {
    byte[][] fields = BsonSample.ALL.stream().map(BsonSample::asField).toArray(byte[][]::new);
    for (JsonMode mode : JsonMode.values()) {
      add("types", EventFormat.ENVELOPE, mode, EventBuilder.insert().document(fields));
    }
  }

  private void addIds() {
    for (BsonSample sample : BsonSample.ALL) {
      String name = sample.name().replace(", ", "-").replace(' ', '-');
      addId(name, EventBuilder.insert().id(sample.type(), sample.value()).document());
    }
    addId("string-like-json", EventBuilder.delete().id("{\"$oid\": \"665f1c2a9d3e4b0012345678\"}"));
    addId("string-empty", EventBuilder.delete().id(""));
    byte[] broken = string(bytes('a', 0xff));
    addId("string-not-utf8", EventBuilder.delete().id(BsonBytes.STRING, broken));
    byte[] likeAnObjectId = parse("{\"a\": {\"b\": 1}}");
    likeAnObjectId[likeAnObjectId.length - 8] = '$';
    addId("object-like-a-type", EventBuilder.delete().id(BsonBytes.DOCUMENT, likeAnObjectId));
    byte[] reference = parse("{\"$ref\": \"plays\", \"$id\": 7}");
    addId("object-reference", EventBuilder.delete().id(BsonBytes.DOCUMENT, reference));
  }

  private void addId(String name, EventBuilder event) {
    shapes.add(
        new Shape("id/" + name, settings(EventFormat.ENVELOPE, JsonMode.RELAXED), event.build()));
  }

  private void addTexts() {
    add("huge-string", EventBuilder.insert().document(text("text", "A".repeat(HUGE))));
    add("line-separators", EventBuilder.insert().document(text("a\u2028b", "c\u2028d\u2029e\n")));
    add(
        "quotes-and-controls",
        EventBuilder.insert().document(text("\"\\/", "\"\\/\b\t\u0001\u007f")));
    add("beyond-ascii", EventBuilder.insert().document(text("ü€\ud83d\ude00", "ü€\ud83d\ude00")));
    // U+D83D and U+DE00, each in three bytes and without the other, and a text that ends half-way.
    byte[] lone = bytes('a', 0xed, 0xa0, 0xbd, 'b', 0xed, 0xb8, 0x80, 'c', 0xe2, 0x82);
    byte[] field = field(BsonBytes.STRING, lone, string(lone));
    add("lone-surrogates", EventBuilder.insert().document(field));
  }

  private void addKeysAndDepth() {
    byte[] twice =
        BsonPieces.document(
            text("_id", "twice"), text("a", "first"), text("a", "second"), text("_id", "again"));
    add("duplicate-keys", EventBuilder.insert().id("twice").rawDocument(twice));
    add("empty-keys", EventBuilder.insert().document("{\"\": {\"\": 1}}"));
    add(
        "keys-of-extended-json",
        EventBuilder.insert().document(text("$oid", "a"), text("a.b", "c")));
    byte[] idLast = BsonPieces.document(text("a", "b"), text("_id", "last"));
    add("id-comes-last", EventBuilder.insert().id("last").rawDocument(idLast));
    byte[] deep = field(BsonBytes.INT32, "n", int32(LEVELS));
    for (int level = 0; level < LEVELS; level++) {
      deep = field(BsonBytes.DOCUMENT, "n", BsonPieces.document(deep));
    }
    add("nested", EventBuilder.insert().document(deep));
  }

  private void add(String name, EventBuilder event) {
    shapes.add(
        new Shape(
            "shape/" + name, settings(EventFormat.ENVELOPE, JsonMode.RELAXED), event.build()));
  }

  private void addDocument(String name, EventBuilder event) {
    EnvelopeSettings settings = settings(EventFormat.DOCUMENT, JsonMode.RELAXED);
    shapes.add(new Shape("shape/document-" + name, settings, event.build()));
  }

  private void add(String name, EventFormat format, JsonMode mode, EventBuilder event) {
    String file = "shape/" + name + "-" + mode.name().toLowerCase(Locale.ROOT);
    shapes.add(new Shape(file, settings(format, mode), event.build()));
  }
}
