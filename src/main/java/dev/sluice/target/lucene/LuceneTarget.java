package dev.sluice.target.lucene;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.Json;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a search index in step: one writer, which a second consumer waits for, and one commit a
 * batch. Floors and names of collections are user data of the commit, so they and the documents are
 * one.
 *
 * <p>Lucene has no conditional update: positions are looked up before a batch is written, in what
 * the batches before have written, which nobody else can change.
 */
final class LuceneTarget implements Target, NewestStates.Store {
  private static final Logger log = LoggerFactory.getLogger(LuceneTarget.class);

  /** Lucene's own default; a batch of many large documents is written to the disk in pieces. */
  private static final double BUFFER_MEGABYTES = 16;

  private final IndexParameters parameters;
  private final Directory directory;
  private final IndexWriter writer;
  private final CommitData data;
  private final IndexedDocument documents;
  private final MarkerSweep markers;
  private DirectoryReader reader;

  /** Whether something was written that the reader does not have. */
  private boolean stale;

  /** What may throw what Lucene throws. */
  private interface Work<T> {
    T run() throws IOException;
  }

  private LuceneTarget(IndexParameters parameters, Directory directory, IndexWriter writer)
      throws IOException {
    this.parameters = parameters;
    this.directory = directory;
    this.writer = writer;
    this.data = CommitData.of(writer.getLiveCommitData());
    this.markers = new MarkerSweep(parameters.markers());
    this.reader = DirectoryReader.open(writer);
    this.documents = new IndexedDocument(parameters, SearchIndex.words(reader));
  }

  /** Opens the index, which is made if there is none; see {@link Target.Opener}. */
  static LuceneTarget open(IndexParameters parameters) {
    Directory directory = null;
    try {
      Files.createDirectories(parameters.directory());
      directory = FSDirectory.open(parameters.directory());
      IndexWriter writer = writer(directory);
      try {
        return new LuceneTarget(parameters, directory, writer);
      } catch (IOException | RuntimeException e) {
        writer.rollback();
        throw e;
      }
    } catch (IOException e) {
      close(directory);
      throw IndexFailures.recognise(e, parameters.directory());
    }
  }

  /** The one that may write there. */
  static IndexWriter writer(Directory directory) throws IOException {
    return new IndexWriter(
        directory,
        new IndexWriterConfig(new StandardAnalyzer())
            .setRAMBufferSizeMB(BUFFER_MEGABYTES)
            // What is not committed is taken back, and comes again.
            .setCommitOnClose(false));
  }

  private <T> T lucene(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw IndexFailures.recognise(e, parameters.directory());
    } catch (AlreadyClosedException e) {
      // So Lucene ends a writer that could not write: it says why as the cause.
      throw IndexFailures.recognise(
          e.getCause() instanceof IOException why ? why : new IOException(e.getMessage(), e),
          parameters.directory());
    }
  }

  @Override
  public void apply(Batch batch) {
    lucene(
        () -> {
          NewestStates.apply(batch, this);
          Optional<String> below = markers.below(batch);
          if (below.isPresent()) {
            writer.deleteDocuments(
                both(new TermQuery(new Term(IndexFields.DELETED, "true")), older(below.get())));
          }
          writer.setLiveCommitData(data.entries());
          writer.commit();
          return null;
        });
  }

  private static Query older(String below) {
    return TermRangeQuery.newStringRange(IndexFields.POSITION, null, below, true, false);
  }

  private static Query both(Query one, Query other) {
    return new BooleanQuery.Builder().add(one, Occur.FILTER).add(other, Occur.FILTER).build();
  }

  static Query of(Namespace collection) {
    return new TermQuery(new Term(IndexFields.NAMESPACE, collection.toString()));
  }

  @Override
  public void write(Namespace collection, List<Event> newest) {
    lucene(
        () -> {
          data.keep(collection);
          Positions positions = new Positions(reader());
          for (Event event : newest) {
            write(collection, event, positions);
          }
          return null;
        });
  }

  private void write(Namespace collection, Event event, Positions positions) throws IOException {
    Term key =
        IndexedDocument.key(collection, event.key())
            .orElseThrow(
                () ->
                    TargetException.refused(
                        event, "Its _id is longer than the 32,000 bytes that an index takes"));
    String there = positions.of(key);
    if (there != null && there.compareTo(event.position()) >= 0) {
      return;
    }
    Document entry =
        event.document() == null
            ? documents.marker(key, collection, event.position())
            : documents.of(key, collection, event.key(), event.position(), event.document());
    if (there == null) {
      // Nothing has to be looked for when it is flushed.
      writer.addDocument(entry);
    } else {
      writer.updateDocument(key, entry);
    }
    stale = true;
  }

  /** With all that was written. */
  private DirectoryReader reader() throws IOException {
    if (stale) {
      DirectoryReader newer = DirectoryReader.openIfChanged(reader, writer);
      if (newer != null) {
        reader.close();
        reader = newer;
      }
      stale = false;
    }
    return reader;
  }

  @Override
  public String floor(Namespace namespace) {
    return data.floor(namespace);
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    data.setFloor(namespace, position);
  }

  @Override
  public boolean holds(Namespace collection) {
    return data.isKept(collection);
  }

  @Override
  public List<Namespace> collections(String database) {
    return data.kept(database);
  }

  @Override
  public void clear(Namespace collection, String below) {
    lucene(
        () -> {
          writer.deleteDocuments(both(of(collection), older(below)));
          stale = true;
          return null;
        });
  }

  @Override
  public void move(Namespace from, Namespace to, String below) {
    lucene(
        () -> {
          data.keep(to);
          Positions there = new Positions(reader());
          StoredEntry.all(reader(), both(of(from), older(below)), entry -> move(entry, to, there));
          writer.deleteDocuments(both(of(from), older(below)));
          stale = true;
          return null;
        });
  }

  /** A marker has no id of its own: what it marks is of the time before the rename, and goes. */
  private void move(StoredEntry entry, Namespace to, Positions there) throws IOException {
    if (entry.isMarker()) {
      return;
    }
    DocumentKey id = entry.key();
    Term key = IndexedDocument.key(to, id).orElse(null);
    if (key != null && there.of(key) == null) {
      writer.addDocument(documents.of(key, to, id, entry.position(), Json.of(entry.document())));
    }
  }

  @Override
  public void close() {
    try {
      // Each of them, whatever becomes of the others: a lock that stays would lock out the next.
      IOUtils.close(reader, writer::rollback, directory);
    } catch (IOException | RuntimeException e) {
      log.debug("The index did not close cleanly", e);
    }
  }

  private static void close(Directory directory) {
    if (directory != null) {
      try {
        directory.close();
      } catch (IOException e) {
        log.debug("The directory did not close cleanly", e);
      }
    }
  }
}
