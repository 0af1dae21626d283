package dev.sluice.message;

import dev.sluice.change.Change;
import dev.sluice.change.Gap;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.json.BsonSample;
import dev.sluice.message.GoldenShapes.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bson.BsonTimestamp;

/** The events that have a golden file in {@code format}, in each of the JSON formats of others. */
final class FormatShapes {
  private static final String OLD = "{\"word\": \"QUIZ\", \"score\": 22}";
  private static final String PRESENT = "{\"word\": \"QUIZ\", \"score\": 23}";
  private static final String UPDATE =
      "{\"updatedFields\": {\"score\": 23, \"tiles.3\": \"Z\"}, \"removedFields\": [\"draft\"],"
          + " \"truncatedArrays\": [{\"field\": \"words\", \"newSize\": 2}]}";

  private final List<Shape> shapes = new ArrayList<>();
  private final EventFormat format;

  private FormatShapes(EventFormat format) {
    this.format = format;
  }

  static EnumSet<EventFormat> formats() {
    return EnumSet.complementOf(
        EnumSet.of(EventFormat.ENVELOPE, EventFormat.DOCUMENT, EventFormat.BSON));
  }

  static List<Shape> all() {
    return formats().stream().flatMap(format -> of(format).stream()).toList();
  }

  static List<Shape> of(EventFormat format) {
    FormatShapes shapes = new FormatShapes(format);
    shapes.addDocuments();
    shapes.addOthers();
    return shapes.shapes;
  }

  private void addDocuments() {
    byte[][] types = BsonSample.ALL.stream().map(BsonSample::asField).toArray(byte[][]::new);
    UUID session = UUID.fromString("68a0bf3d-eaa2-4194-8b0b-1bf8d2af0d15");
    View all = View.NEW_AND_OLD_IMAGES;
    add("insert", View.NEW_IMAGE, EventBuilder.insert().document(PRESENT));
    add("insert-types", View.NEW_IMAGE, EventBuilder.insert().document(types));
    add("insert-keys-only", View.KEYS_ONLY, EventBuilder.insert());
    add(
        "insert-in-transaction",
        View.NEW_IMAGE,
        EventBuilder.insert()
            .document(PRESENT)
            .wallTime("2026-11-20T01:02:03.120Z")
            .transaction(session, 16));
    add("replace", View.NEW_IMAGE, EventBuilder.replace().document(PRESENT));
    add("update", View.NEW_IMAGE, EventBuilder.update(UPDATE).document(PRESENT));
    add("update-gone", View.NEW_IMAGE, EventBuilder.update(UPDATE).lookupFoundNothing());
    add("update-without-lookup", View.NEW_IMAGE, EventBuilder.update(UPDATE));
    add("update-both", all, EventBuilder.update(UPDATE).document(PRESENT).before(OLD).postImage());
    add("update-old", View.OLD_IMAGE, EventBuilder.of("update").before(OLD));
    add("delete", View.NEW_IMAGE, EventBuilder.delete());
    add("delete-both", all, EventBuilder.delete().before(OLD));
    add("delete-expired", all, EventBuilder.delete().beforeHasExpired());
    add("delete-sharded", View.NEW_IMAGE, EventBuilder.delete().id("a b/ü").shardKey("k", "Ada"));
  }

  private void addOthers() {
    add("drop", View.NEW_IMAGE, EventBuilder.ofCollection("drop"));
    add("rename", View.NEW_IMAGE, EventBuilder.ofCollection("rename").to("archive", "old plays"));
    add("commit", View.NEW_IMAGE, GoldenShapes.commit());
    add(
        "gap",
        View.NEW_IMAGE,
        new Gap(
            Optional.empty(),
            new BsonTimestamp((int) EventBuilder.COMMITTED_AT, 1),
            "The token is damaged"));
    SnapshotShapes.all().forEach(told -> add(told.name(), told.view(), told.change()));
  }

  private void add(String name, View view, EventBuilder event) {
    add(name, view, event.build());
  }

  private void add(String name, View view, Change change) {
    String prefix = format.name().toLowerCase(Locale.ROOT).replace('_', '-');
    shapes.add(new Shape("format/" + prefix + "-" + name, settings(format, view), change));
  }

  static EnvelopeSettings settings(EventFormat format, View view) {
    return new EnvelopeSettings(
        "scrabble-cdc",
        Scope.of("scrabble", "scrabble"),
        view,
        format,
        JsonMode.RELAXED,
        Long.MAX_VALUE);
  }
}
