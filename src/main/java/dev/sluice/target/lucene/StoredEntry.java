package dev.sluice.target.lucene;

import dev.sluice.consume.DocumentKey;
import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;

/**
 * What an index has stored of a document.
 *
 * @param key null for the marker of a delete, which has nothing more either
 * @param document as JSON
 */
record StoredEntry(String namespace, DocumentKey key, String position, String document) {
  /** Does something with an entry. */
  interface Each {
    void entry(StoredEntry entry) throws IOException;
  }

  static StoredEntry of(Document stored) {
    String id = stored.get(IndexFields.ID);
    return new StoredEntry(
        stored.get(IndexFields.NAMESPACE),
        id == null ? null : new DocumentKey(id, stored.get(IndexFields.ID_TYPE)),
        stored.get(IndexFields.POSITION),
        stored.get(IndexFields.DOCUMENT));
  }

  boolean isMarker() {
    return key == null;
  }

  /** All that a query finds, one after the other and in no order. */
  static void all(IndexReader reader, Query query, Each each) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Weight weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : reader.leaves()) {
      Scorer found = weight.scorer(leaf);
      if (found != null) {
        all(leaf, found.iterator(), each);
      }
    }
  }

  private static void all(LeafReaderContext leaf, DocIdSetIterator found, Each each)
      throws IOException {
    StoredFields stored = leaf.reader().storedFields();
    var live = leaf.reader().getLiveDocs();
    for (int at = found.nextDoc(); at != DocIdSetIterator.NO_MORE_DOCS; at = found.nextDoc()) {
      if (live == null || live.get(at)) {
        each.entry(of(stored.document(at)));
      }
    }
  }
}
