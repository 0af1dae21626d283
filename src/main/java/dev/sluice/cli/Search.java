package dev.sluice.cli;

import dev.sluice.consume.TargetException;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.target.lucene.SearchIndex;
import dev.sluice.target.lucene.SearchIndex.Found;
import java.util.List;

/** A question to an index. */
record Search(String query, String index, String collection, int limit) {
  void answer(RowForm form) {
    try (SearchIndex opened = SearchIndex.open(index)) {
      List<Found> all = opened.find(query, collection, limit);
      form.begin(List.of("collection", "_id", "document"));
      for (Found found : all) {
        form.row(List.of(found.collection(), found.id(), found.document()));
      }
      form.end();
    } catch (TargetException e) {
      throw new PipelineException(FailureKind.MISCONFIGURED, e.getMessage(), e);
    }
  }
}
