package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.stream.Stream;

/** Which fields of a document a client wants to see. */
record Projection(Document fields) {

  Document apply(Document document) {
    List<Document> stages = List.of(new Document("$project", fields));
    return Storage.translating(
        () ->
            Aggregation.fromPipeline(stages, null, null, null, null)
                .runStages(Stream.of(document.cloneDeeply()))
                .get(0));
  }
}
