package dev.sluice.mongo;

import com.mongodb.client.model.Filters;
import dev.sluice.change.Operation;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.WrongSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonValue;
import org.bson.conversions.Bson;
import org.bson.json.JsonParseException;

/**
 * The stages that people have the server run on the changes of documents ({@code SLUICE_MATCH},
 * {@code SLUICE_STAGES_FILE}). What concerns a collection as a whole is never filtered out by them,
 * and they may not remove or write what a message cannot be made without: a stream would then stand
 * still, or tell of a document that it does not name.
 */
final class OwnStages {
  /** What every event needs; {@code _id} is guarded by the server itself. */
  private static final Set<String> NEEDED =
      Set.of(
          "_id",
          "operationType",
          "clusterTime",
          "ns",
          "to",
          "documentKey",
          "updateDescription",
          "fullDocument",
          "fullDocumentBeforeChange",
          "lsid",
          "txnNumber");

  private static final String ALLOWED = "$match, $set, $addFields, $unset and $project";

  private static final List<String> ON_DOCUMENTS =
      Arrays.stream(Operation.values())
          .filter(operation -> operation.isOnDocument() && operation.isOfServer())
          .map(Operation::text)
          .collect(Collectors.toUnmodifiableList());

  private OwnStages() {}

  /**
   * @throws WrongSettings if one of them cannot be read, or would break the stream
   */
  static List<Bson> of(CaptureSettings settings) {
    List<Bson> stages = new ArrayList<>();
    if (!settings.match().isEmpty()) {
      stages.add(ofDocuments(parse("SLUICE_MATCH", settings.match())));
    }
    if (!settings.stages().isEmpty()) {
      for (BsonValue stage : parseArray(settings.stages())) {
        stages.add(checked(stage));
      }
    }
    return stages;
  }

  private static BsonDocument parse(String key, String json) {
    try {
      return BsonDocument.parse(json);
    } catch (JsonParseException | BsonInvalidOperationException e) {
      throw wrong(key, "must be a JSON object: " + e.getMessage());
    }
  }

  private static BsonArray parseArray(String json) {
    try {
      return BsonArray.parse(json);
    } catch (JsonParseException | BsonInvalidOperationException e) {
      throw wrong("SLUICE_STAGES_FILE", "must hold a JSON array of stages: " + e.getMessage());
    }
  }

  private static WrongSettings wrong(String key, String problem) {
    return WrongSettings.of(key + " " + problem + ".");
  }

  /** Lets all else through. */
  private static Bson ofDocuments(BsonDocument condition) {
    return new BsonDocument(
        "$match",
        Filters.or(Filters.nin("operationType", ON_DOCUMENTS), condition).toBsonDocument());
  }

  private static Bson checked(BsonValue value) {
    if (!value.isDocument() || value.asDocument().size() != 1) {
      throw wrong("SLUICE_STAGES_FILE", "has a stage that is no object with one name: " + value);
    }
    BsonDocument stage = value.asDocument();
    String name = stage.getFirstKey();
    BsonValue argument = stage.get(name);
    switch (name) {
      case "$match" -> {
        return ofDocuments(document(name, argument));
      }
      case "$set", "$addFields" ->
          document(name, argument).keySet().forEach(OwnStages::requireFree);
      case "$unset" -> names(argument).forEach(OwnStages::requireFree);
      case "$project" -> document(name, argument).forEach(OwnStages::requireExclusion);
      default ->
          throw wrong(
              "SLUICE_STAGES_FILE",
              "has the stage " + name + ": only " + ALLOWED + " are possible");
    }
    return stage;
  }

  private static BsonDocument document(String stage, BsonValue argument) {
    if (!argument.isDocument()) {
      throw wrong("SLUICE_STAGES_FILE", "has a " + stage + " that is no object");
    }
    return argument.asDocument();
  }

  private static List<String> names(BsonValue argument) {
    BsonArray all = argument.isArray() ? argument.asArray() : new BsonArray(List.of(argument));
    if (!all.stream().allMatch(BsonValue::isString)) {
      throw wrong("SLUICE_STAGES_FILE", "has an $unset that is no list of names");
    }
    return all.stream().map(name -> name.asString().getValue()).toList();
  }

  /** Below the document, the one before and what was updated everything may be changed. */
  private static void requireFree(String path) {
    boolean isWhole = NEEDED.contains(path);
    boolean isOfKeys =
        NEEDED.contains(path.split("\\.", 2)[0])
            && !path.startsWith("fullDocument")
            && !path.startsWith("updateDescription.updatedFields");
    boolean isId = path.endsWith("ocument._id") || path.equals("fullDocumentBeforeChange._id");
    if (isWhole || isOfKeys || isId) {
      throw wrong(
          "SLUICE_STAGES_FILE", "changes or removes " + path + ", which every message needs");
    }
  }

  private static void requireExclusion(String path, BsonValue how) {
    boolean excludes =
        how.isBoolean() && !how.asBoolean().getValue()
            || how.isNumber() && how.asNumber().intValue() == 0;
    if (!excludes) {
      throw wrong(
          "SLUICE_STAGES_FILE",
          "has a $project that includes " + path + ", and so leaves out all else: exclude instead");
    }
    requireFree(path);
  }
}
