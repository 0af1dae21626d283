package dev.sluice.shape;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Namespace;
import dev.sluice.change.Oversized;
import dev.sluice.config.FieldRule;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.ShapeSettings;
import dev.sluice.shape.FieldTree.Fate;
import dev.sluice.shape.FieldTree.Place;
import dev.sluice.shape.FieldTree.Step;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the rules of {@link ShapeSettings} to an event: to the document, to the one before, to
 * the fields of an update with their paths, and to the document key. The {@code _id} always stays.
 *
 * <p>Not thread-safe: one for each encoder thread.
 */
public final class Shaping {
  private static final String MASKED = "***";

  private final ShapeSettings settings;
  private final Optional<KeyedDigest> digest;
  private final Map<Namespace, FieldTree> trees = new HashMap<>();
  private final BsonOutput out = new BsonOutput();

  public Shaping(ShapeSettings settings) {
    this.settings = settings;
    this.digest = settings.hashKey().map(KeyedDigest::new);
  }

  /**
   * The change as it may leave; the same one where there is no rule for it.
   *
   * @throws CorruptBsonException if the event's BSON is damaged
   */
  public Change shape(Change change) {
    if (settings.isNone()) {
      return change;
    }
    if (change instanceof Oversized oversized) {
      return new Oversized(shape(oversized.keys()), oversized.error());
    }
    return change instanceof ChangeEvent event && event.operation().isOnDocument()
        ? shape(event)
        : change;
  }

  /** Whether an update has lost all that it told by being shaped. */
  public boolean isUnchanged(Change original, Change shaped) {
    return settings.skipUnchanged()
        && original != shaped
        && original instanceof ChangeEvent before
        && shaped instanceof ChangeEvent after
        && tellsOfFields(before)
        && !tellsOfFields(after);
  }

  private static boolean tellsOfFields(ChangeEvent event) {
    if (!event.has(ChangeEvent.Field.UPDATE_DESCRIPTION)) {
      return false;
    }
    int description = event.offset(ChangeEvent.Field.UPDATE_DESCRIPTION);
    for (String part : List.of("updatedFields", "removedFields", "truncatedArrays")) {
      int at = event.find(description, part);
      int emptyDocument = 5;
      if (at >= 0 && BsonBytes.int32(event.bytes(), at, event.bytes().length) > emptyDocument) {
        return true;
      }
    }
    return false;
  }

  private ChangeEvent shape(ChangeEvent event) {
    FieldTree tree = trees.computeIfAbsent(event.namespace(), this::treeFor);
    Place root = tree.root();
    if (root.isPlain()) {
      return event;
    }
    byte[] bytes = event.bytes();
    int end = event.start() + event.sizeBytes() - 1;
    out.reset();
    int start = out.begin();
    int at = event.start() + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int next = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      writePart(bytes, at, nameEnd, next, root);
      at = next;
    }
    out.end(start);
    byte[] shaped = out.toByteArray();
    return event.with(shaped);
  }

  private FieldTree treeFor(Namespace namespace) {
    List<FieldRule> rules =
        settings.rules().stream()
            .filter(rule -> rule.where().isEmpty() || matches(rule.where().get(), namespace))
            .toList();
    return FieldTree.of(rules);
  }

  private static boolean matches(NamespacePattern pattern, Namespace namespace) {
    return namespace.collection() != null
        && pattern.matches(namespace.database(), namespace.collection());
  }

  /** A field of the event itself. */
  private void writePart(byte[] bytes, int at, int nameEnd, int next, Place root) {
    String name = text(bytes, at + 1, nameEnd);
    boolean isDocument = bytes[at] == BsonBytes.DOCUMENT;
    switch (name) {
      case "fullDocument", "fullDocumentBeforeChange", "documentKey" -> {
        if (isDocument) {
          out.name(bytes[at], name);
          writeDocument(bytes, nameEnd + 1, next, root, true);
        } else {
          out.append(bytes, at, next - at);
        }
      }
      case "updateDescription" -> {
        if (isDocument) {
          out.name(bytes[at], name);
          writeUpdate(bytes, nameEnd + 1, next, root);
        }
      }
      default -> out.append(bytes, at, next - at);
    }
  }

  /**
   * @param isTop whether its {@code _id} is the document's own
   */
  private void writeDocument(byte[] bytes, int offset, int limit, Place place, boolean isTop) {
    int end = BsonBytes.documentEnd(bytes, offset, limit) - 1;
    int start = out.begin();
    int at = offset + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int next = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      if (isTop && BsonBytes.isText(bytes, at + 1, nameEnd, "_id")) {
        out.append(bytes, at, next - at);
      } else {
        Step step = FieldTree.step(place, text(bytes, at + 1, nameEnd));
        writeField(bytes, bytes[at], nameEnd + 1, next, step, step.name());
      }
      at = next;
    }
    out.end(start);
  }

  /** Elements are counted anew: some may be left out. */
  private void writeArray(byte[] bytes, int offset, int limit, Place place) {
    int end = BsonBytes.documentEnd(bytes, offset, limit) - 1;
    int start = out.begin();
    int at = offset + Integer.BYTES;
    int count = 0;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int next = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      Step step = FieldTree.step(place, text(bytes, at + 1, nameEnd));
      if (writeField(bytes, bytes[at], nameEnd + 1, next, step, Integer.toString(count))) {
        count++;
      }
      at = next;
    }
    out.end(start);
  }

  /** False if nothing of it leaves. */
  private boolean writeField(byte[] bytes, byte type, int value, int end, Step step, String name) {
    Place place = step.place();
    boolean isContainer = type == BsonBytes.DOCUMENT || type == BsonBytes.ARRAY;
    if (step.fate() == Fate.DROP
        || !place.included() && !(isContainer && place.leadsToIncluded())) {
      return false;
    }
    switch (step.fate()) {
      case MASK -> out.string(name, MASKED);
      case HASH -> out.string(name, digest.orElseThrow().of(type, bytes, value, end));
      default -> {
        out.name(type, name);
        if (!isContainer || place.isPlain()) {
          out.append(bytes, value, end - value);
        } else if (type == BsonBytes.DOCUMENT) {
          writeDocument(bytes, value, end, place, false);
        } else {
          writeArray(bytes, value, end, place);
        }
      }
    }
    return true;
  }

  /** What is not known of it stays behind: it may name or hold what is hidden. */
  private void writeUpdate(byte[] bytes, int offset, int limit, Place root) {
    int end = BsonBytes.documentEnd(bytes, offset, limit) - 1;
    int start = out.begin();
    int at = offset + Integer.BYTES;
    while (at < end) {
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      int next = BsonBytes.skipValue(bytes[at], bytes, nameEnd + 1, end);
      String name = text(bytes, at + 1, nameEnd);
      switch (name) {
        case "updatedFields" -> {
          out.name(bytes[at], name);
          writeDocument(bytes, nameEnd + 1, next, root, true);
        }
        case "removedFields", "truncatedArrays" -> {
          out.name(bytes[at], name);
          writePaths(bytes, nameEnd + 1, next, root);
        }
        default -> {}
      }
      at = next;
    }
    out.end(start);
  }

  /** A list of paths, or of documents with a path in their {@code field}. */
  private void writePaths(byte[] bytes, int offset, int limit, Place root) {
    int end = BsonBytes.documentEnd(bytes, offset, limit) - 1;
    int start = out.begin();
    int at = offset + Integer.BYTES;
    int count = 0;
    while (at < end) {
      int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
      int next = BsonBytes.skipValue(bytes[at], bytes, value, end);
      boolean isPath = bytes[at] == BsonBytes.STRING;
      int path = isPath ? value : BsonBytes.find(bytes, value, next, "field");
      if (path >= 0) {
        Step step = FieldTree.step(root, BsonBytes.text(bytes, path, next));
        if (step.fate() != Fate.DROP && step.place().leadsToIncluded()) {
          writePath(bytes, value, next, isPath, step.name(), Integer.toString(count));
          count++;
        }
      }
      at = next;
    }
    out.end(start);
  }

  private void writePath(
      byte[] bytes, int value, int end, boolean isPath, String path, String name) {
    if (isPath) {
      out.string(name, path);
      return;
    }
    out.name(BsonBytes.DOCUMENT, name);
    int start = out.begin();
    out.string("field", path);
    int size = BsonBytes.find(bytes, value, end, "newSize");
    if (size >= 0) {
      byte type = bytes[size - "newSize".length() - 2];
      out.name(type, "newSize");
      out.append(bytes, size, BsonBytes.skipValue(type, bytes, size, end) - size);
    }
    out.end(start);
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
