package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The stages a client put behind {@code $changeStream}, run on each event by the engine. */
final class EventPipeline {

  private static final Set<String> ALLOWED =
      Set.of(
          "$match",
          "$project",
          "$addFields",
          "$set",
          "$unset",
          "$replaceRoot",
          "$replaceWith",
          "$redact");

  private final Aggregation aggregation;
  private final boolean empty;
  private final boolean filtersOnly;
  private final ServerVersion version;

  private EventPipeline(List<Document> stages, boolean filtersOnly, ServerVersion version) {
    this.empty = stages.isEmpty();
    this.filtersOnly = filtersOnly;
    this.version = version;
    this.aggregation =
        Storage.translating(() -> Aggregation.fromPipeline(stages, null, null, null, null));
  }

  static EventPipeline parse(List<Document> stages, ServerVersion version) {
    List<Document> known = new ArrayList<>();
    boolean filtersOnly = true;
    for (Document stage : stages) {
      String name = stage.isEmpty() ? "" : stage.keySet().iterator().next();
      if (!ALLOWED.contains(name)) {
        throw notPermitted(name);
      }
      filtersOnly &= name.equals("$match");
      known.add(AggregationStages.withoutAlias(stage));
    }
    return new EventPipeline(known, filtersOnly, version);
  }

  private static ServerError notPermitted(String name) {
    boolean known = AggregationStages.isKnown(name);
    return known
        ? new ServerError(
            20, "IllegalOperation", name + " is not permitted in a $changeStream pipeline")
        : ServerError.location(40324, "Unrecognized pipeline stage name: '" + name + "'");
  }

  /** The event as the client is to see it, or empty if it is filtered out. */
  Optional<RawDocument> apply(RawDocument event) {
    if (empty) {
      return Optional.of(event);
    }
    Document document = event.decode();
    Object token = document.get("_id");
    List<Document> result = Storage.translating(() -> aggregation.runStages(Stream.of(document)));
    if (result.isEmpty()) {
      return Optional.empty();
    }
    if (filtersOnly) {
      return Optional.of(event);
    }
    Document shown = result.get(0);
    if (!Objects.equals(shown.get("_id"), token)) {
      throw tokenModified(token, shown.get("_id"));
    }
    return Optional.of(RawDocument.of(shown));
  }

  private ServerError tokenModified(Object expected, Object found) {
    String message =
        "Encountered an event whose _id field, which contains the resume token, was modified by"
            + " the pipeline. Modifying the _id field of an event makes it impossible to resume"
            + " the stream from that point. Only transformations that retain the unmodified _id"
            + " field are allowed. Expected: {_id: "
            + expected
            + "} but found: {_id: "
            + found
            + "}";
    return version.hasModernErrors()
        ? new ServerError(
            280, "ChangeStreamFatalError", message, List.of("NonResumableChangeStreamError"))
        : ServerError.location(51060, message);
  }
}
