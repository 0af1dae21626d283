package dev.sluice.target.lucene;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/**
 * An index to be asked, as its last commit left it; also while it is being written. Not for two
 * threads.
 */
public final class SearchIndex implements AutoCloseable {
  /**
   * A document that was found.
   *
   * @param collection with its database in front
   * @param id as a text
   * @param document as JSON
   */
  public record Found(String collection, String id, String document) {}

  private final Path place;
  private final Directory directory;
  private final DirectoryReader reader;

  private SearchIndex(Path place, Directory directory, DirectoryReader reader) {
    this.place = place;
    this.directory = directory;
    this.reader = reader;
  }

  /**
   * @param place a directory, or how it is written as a target
   * @throws TargetException if there is none, or it cannot be read
   */
  public static SearchIndex open(String place) {
    String own = place.startsWith("lucene:") ? TargetUri.parse(place).place() : place;
    Path path = IndexParameters.directory(own);
    Directory directory = null;
    try {
      if (Files.notExists(path)) {
        // Lucene would make it.
        throw new IndexNotFoundException(place);
      }
      directory = FSDirectory.open(path);
      return new SearchIndex(path, directory, DirectoryReader.open(directory));
    } catch (IOException e) {
      TargetException failure = IndexFailures.recognise(e, path);
      if (directory != null) {
        try {
          directory.close();
        } catch (IOException another) {
          failure.addSuppressed(another);
        }
      }
      throw failure;
    }
  }

  /**
   * The best of what is found, the best one first.
   *
   * @param text in Lucene's query language, such as {@code word:QU* AND score:[10 TO 30]}
   * @param collection with or without its database; empty for all
   * @throws TargetException if it is no such query
   */
  public List<Found> find(String text, String collection, int limit) {
    try {
      Query query = query(text, collection);
      IndexSearcher searcher = new IndexSearcher(reader);
      StoredFields stored = searcher.storedFields();
      List<Found> found = new ArrayList<>();
      for (ScoreDoc hit : searcher.search(query, limit).scoreDocs) {
        StoredEntry entry = StoredEntry.of(stored.document(hit.doc));
        found.add(new Found(entry.namespace(), entry.key().id(), entry.document()));
      }
      return found;
    } catch (IOException e) {
      throw IndexFailures.recognise(e, place);
    } catch (IndexSearcher.TooManyClauses e) {
      throw TargetException.unusable(
          "The question means too many words: name a field, or write more of the word", e);
    }
  }

  private Query query(String text, String collection) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    try {
      all.add(new SearchQuery(words(reader)).parse(text), Occur.MUST);
    } catch (ParseException | IllegalArgumentException | TooComplexToDeterminizeException e) {
      // The latter two of a regular expression.
      throw TargetException.unusable(
          "The question is none in Lucene's query language, such as word:QU* AND score:[10 TO 30] ("
              + firstLine(e.getMessage())
              + ")",
          e);
    }
    all.add(new TermQuery(new Term(IndexFields.DELETED, "true")), Occur.MUST_NOT);
    if (!collection.isEmpty()) {
      all.add(new TermQuery(new Term(IndexFields.COLLECTION, collection)), Occur.FILTER);
    }
    return all.build();
  }

  private static String firstLine(String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }

  static List<String> words(IndexReader reader) {
    List<String> words = new ArrayList<>();
    for (FieldInfo field : FieldInfos.getMergedFieldInfos(reader)) {
      if (IndexFields.hasWords(field.name)) {
        words.add(field.name);
      }
    }
    return words;
  }

  @Override
  public void close() {
    try (Directory closing = directory) {
      reader.close();
    } catch (IOException e) {
      throw IndexFailures.recognise(e, place);
    }
  }
}
