package dev.sluice.target.lucene;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.ExtendedJson;
import dev.sluice.consume.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes entries of an index from documents' states. Not for two threads: it counts the paths, of
 * which an index can hold so many only.
 */
final class IndexedDocument {
  private static final Logger log = LoggerFactory.getLogger(IndexedDocument.class);

  /**
   * Each name costs memory in every segment, and documents that use values as names have no end.
   */
  private static final int MOST_PATHS = 1_000;

  /** Deeper ones are found in the document alone. */
  private static final int DEEPEST = 20;

  /** A term has 32,766 bytes at the most. */
  private static final int LONGEST_KEY = 32_000;

  private final IndexParameters parameters;
  private final Set<String> paths;
  private boolean warned;

  /**
   * @param paths that the index has already
   */
  IndexedDocument(IndexParameters parameters, Collection<String> paths) {
    this.parameters = parameters;
    this.paths = new HashSet<>(paths);
  }

  /** The term that stands for a document; empty if it would be too long. */
  static Optional<Term> key(Namespace namespace, DocumentKey key) {
    BytesRef text = new BytesRef(namespace + "\0" + key.text());
    return text.length > LONGEST_KEY
        ? Optional.empty()
        : Optional.of(new Term(IndexFields.KEY, text));
  }

  /** The entry of a marker that a document was deleted. */
  Document marker(Term key, Namespace namespace, String position) {
    Document entry = entry(key, namespace, position);
    entry.add(new StringField(IndexFields.DELETED, "true", Store.NO));
    return entry;
  }

  Document of(Term key, Namespace namespace, DocumentKey id, String position, Json document) {
    Document entry = entry(key, namespace, position);
    entry.add(new StoredField(IndexFields.ID, id.id()));
    entry.add(new StoredField(IndexFields.ID_TYPE, id.type()));
    entry.add(new StoredField(IndexFields.DOCUMENT, document.text()));
    if (parameters.covers("_id")) {
      addText(entry, "_id", id.id());
    }
    for (Map.Entry<String, JsonNode> field : document.parsed().properties()) {
      if (!field.getKey().equals("_id")) {
        add(entry, field.getKey(), field.getValue(), 1);
      }
    }
    return entry;
  }

  private static Document entry(Term key, Namespace namespace, String position) {
    Document entry = new Document();
    entry.add(new StringField(IndexFields.KEY, key.bytes(), Store.NO));
    entry.add(new StringField(IndexFields.NAMESPACE, namespace.toString(), Store.YES));
    entry.add(new StringField(IndexFields.COLLECTION, namespace.toString(), Store.NO));
    entry.add(new StringField(IndexFields.COLLECTION, namespace.collection(), Store.NO));
    entry.add(new StringField(IndexFields.POSITION, position, Store.YES));
    entry.add(new BinaryDocValuesField(IndexFields.POSITION_VALUES, new BytesRef(position)));
    return entry;
  }

  private void add(Document entry, String path, JsonNode value, int depth) {
    if (value.isArray()) {
      for (JsonNode each : value) {
        add(entry, path, each, depth);
      }
    } else if (value.isObject() && !ExtendedJson.isWrapped(value)) {
      if (depth < DEEPEST) {
        for (Map.Entry<String, JsonNode> field : value.properties()) {
          add(entry, path + "." + field.getKey(), field.getValue(), depth + 1);
        }
      }
    } else if (!value.isNull()
        && IndexFields.canBe(path)
        && parameters.covers(path)
        && isRoomFor(path)) {
      addValue(entry, path, value);
    }
  }

  private boolean isRoomFor(String path) {
    if (paths.contains(path)) {
      return true;
    }
    if (paths.size() < MOST_PATHS) {
      return paths.add(path);
    }
    if (!warned) {
      warned = true;
      log.warn(
          "The documents have more than {} different fields: further ones cannot be searched by,"
              + " but are in the documents; the parameter fields says which are wanted",
          MOST_PATHS);
    }
    return false;
  }

  private static void addValue(Document entry, String path, JsonNode value) {
    if (value.isObject()) {
      Optional<Instant> date = date(value);
      if (date.isPresent()) {
        entry.add(new LongPoint(IndexFields.date(path), date.get().toEpochMilli()));
        return;
      }
    }
    Optional<BigDecimal> number = value.isTextual() ? Optional.empty() : ExtendedJson.number(value);
    if (number.isPresent()) {
      entry.add(new DoublePoint(IndexFields.number(path), number.get().doubleValue()));
    } else {
      ExtendedJson.text(value).ifPresent(text -> addText(entry, path, text));
      if (value.isTextual()) {
        // In the mode plain a date is a text, and so it can be found by both.
        plainDate(value.textValue())
            .ifPresent(
                date -> entry.add(new LongPoint(IndexFields.date(path), date.toEpochMilli())));
      }
    }
  }

  private static Optional<Instant> date(JsonNode value) {
    try {
      return ExtendedJson.date(value);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> plainDate(String text) {
    // Most texts are none, and an exception for each of them would cost more than all the rest.
    boolean looksLikeOne =
        text.length() >= 20 && text.length() <= 35 && text.charAt(10) == 'T' && text.endsWith("Z");
    try {
      return looksLikeOne ? Optional.of(Instant.parse(text)) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static void addText(Document entry, String path, String text) {
    entry.add(new TextField(path, text, Store.NO));
    if (text.length() <= IndexFields.LONGEST_EXACT) {
      entry.add(new StringField(IndexFields.exact(path), text, Store.NO));
    }
  }
}
