package dev.sluice.target.lucene;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;

/**
 * At which positions the documents of an index are: a look into the terms of each segment. For one
 * reader and one thread.
 */
final class Positions {
  /** A segment; what is used again and again for all keys. */
  private record Segment(LeafReader reader, TermsEnum keys, Bits live) {}

  private final List<Segment> segments = new ArrayList<>();
  private PostingsEnum postings;

  Positions(IndexReader reader) throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      Terms keys = leaf.reader().terms(IndexFields.KEY);
      if (keys != null) {
        segments.add(new Segment(leaf.reader(), keys.iterator(), leaf.reader().getLiveDocs()));
      }
    }
  }

  /** Null if the document is not there. */
  String of(Term key) throws IOException {
    for (Segment segment : segments) {
      if (segment.keys().seekExact(key.bytes())) {
        postings = segment.keys().postings(postings, PostingsEnum.NONE);
        int document = postings.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS) {
          if (segment.live() == null || segment.live().get(document)) {
            return position(segment.reader(), document);
          }
          document = postings.nextDoc();
        }
      }
    }
    return null;
  }

  private static String position(LeafReader reader, int document) throws IOException {
    // A new one for each: it goes forwards only.
    BinaryDocValues positions = reader.getBinaryDocValues(IndexFields.POSITION_VALUES);
    return positions.advanceExact(document) ? positions.binaryValue().utf8ToString() : null;
  }
}
