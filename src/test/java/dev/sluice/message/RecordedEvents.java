package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.json.BsonPieces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Events that a real replica set sent, recorded in {@code golden/recorded-events.json}. */
final class RecordedEvents {
  private static final Path FILE = Path.of("src/test/resources/golden/recorded-events.json");

  private RecordedEvents() {}

  static List<ChangeEvent> all() {
    try {
      List<ChangeEvent> events = new ArrayList<>();
      BsonDocument recorded = BsonDocument.parse(Files.readString(FILE));
      for (BsonValue step : recorded.getArray("steps")) {
        for (BsonValue event : step.asDocument().getArray("events")) {
          byte[] bytes = BsonPieces.bytes(event.asDocument());
          events.add(new ChangeEvent(bytes, 0, bytes.length, EventBuilder.CAPTURED_AT));
        }
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbered as they came. */
  static List<GoldenShapes.Shape> shapes() {
    List<GoldenShapes.Shape> shapes = new ArrayList<>();
    for (ChangeEvent event : all()) {
      String name =
          String.format(
              Locale.ROOT, "recorded/%02d-%s", shapes.size() + 1, event.operation().text());
      shapes.add(
          new GoldenShapes.Shape(
              name, GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.RELAXED), event));
    }
    return shapes;
  }
}
