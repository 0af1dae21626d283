package dev.sluice.embedded.mongo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * What a real 4.2 server was recorded to answer, and what a newer one is documented to add to it.
 *
 * @param wireVersion of the server that is to be compared, as it says itself
 */
record GoldenRecording(BsonDocument recorded, int wireVersion) {

  private static final int WIRE_4_4 = 9;
  private static final int WIRE_5_0 = 13;
  private static final int WIRE_6_0 = 17;

  static GoldenRecording load(int wireVersion) {
    try (InputStream in = GoldenRecording.class.getResourceAsStream("/mongod-golden.json")) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new GoldenRecording(BsonDocument.parse(json), wireVersion);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isRecordedRelease() {
    return wireVersion < WIRE_4_4;
  }

  boolean hasDeltas() {
    return wireVersion >= WIRE_5_0;
  }

  boolean hasImages() {
    return wireVersion >= WIRE_6_0;
  }

  BsonDocument document(String key) {
    return recorded.getDocument(key);
  }

  /** The events of one step of the collection stream, as the compared server should show them. */
  List<BsonDocument> step(String name) {
    return recorded.getArray("collection stream").stream()
        .map(BsonValue::asDocument)
        .filter(step -> step.getString("step").getValue().startsWith(name))
        .findFirst()
        .orElseThrow()
        .getArray("events")
        .stream()
        .map(event -> modernised(event.asDocument()))
        .toList();
  }

  List<BsonDocument> events(String key) {
    return document(key).getArray("events").stream()
        .map(event -> modernised(event.asDocument()))
        .toList();
  }

  private BsonDocument modernised(BsonDocument recordedEvent) {
    BsonDocument event = new BsonDocument();
    recordedEvent.forEach(
        (name, value) -> {
          event.append(name, value);
          if (name.equals("clusterTime") && hasImages()) {
            event.append("wallTime", new BsonDateTime(0));
          }
        });
    if (hasDeltas() && event.containsKey("updateDescription")) {
      BsonDocument description = event.getDocument("updateDescription").clone();
      description.append("truncatedArrays", new BsonArray());
      event.put("updateDescription", description);
    }
    return event;
  }

  /** An update by pipeline is logged as a whole document by 4.2 and as a delta from 5.0 on. */
  List<BsonDocument> pipelineUpdate() {
    List<BsonDocument> events = step("updateOne pipeline update");
    if (!hasDeltas()) {
      return events;
    }
    BsonDocument event = new BsonDocument();
    events
        .get(0)
        .forEach(
            (name, value) -> {
              if (!name.equals("fullDocument")) {
                event.append(name, value);
              }
            });
    event.put("operationType", new BsonString("update"));
    event.put(
        "updateDescription",
        BsonDocument.parse(
            "{updatedFields: {doubled: 46}, removedFields: [], truncatedArrays: []}"));
    return List.of(event);
  }
}
