package dev.sluice.change;

import java.util.Arrays;
import java.util.Objects;

/**
 * One change, as the server sent it: the bytes of the event and where in them its fields lie.
 *
 * <p>Nothing is decoded until somebody asks; the fields are found in one pass over the top level.
 * Immutable as long as nobody writes to the array. See the manual, Change Events, for the fields.
 */
public final class ChangeEvent implements Change {
  /** The top-level fields that Sluice knows. Others are passed over. */
  public enum Field {
    RESUME_TOKEN("_id", BsonBytes.DOCUMENT),
    OPERATION_TYPE("operationType", BsonBytes.STRING),
    CLUSTER_TIME("clusterTime", BsonBytes.TIMESTAMP),
    /** Since MongoDB 6.0. */
    WALL_TIME("wallTime", BsonBytes.DATE),
    /** Also there when it is null: a lookup found nothing, or an image has expired. */
    FULL_DOCUMENT("fullDocument", BsonBytes.DOCUMENT),
    /** Also there when it is null: the image has expired, or there never was one. */
    BEFORE("fullDocumentBeforeChange", BsonBytes.DOCUMENT),
    NAMESPACE("ns", BsonBytes.DOCUMENT),
    DOCUMENT_KEY("documentKey", BsonBytes.DOCUMENT),
    UPDATE_DESCRIPTION("updateDescription", BsonBytes.DOCUMENT),
    TRANSACTION_NUMBER("txnNumber", BsonBytes.INT64),
    SESSION("lsid", BsonBytes.DOCUMENT),
    /** The new name of a renamed collection. */
    TO("to", BsonBytes.DOCUMENT),
    /** What was done to a collection, of an expanded event. Since MongoDB 6.0. */
    OPERATION_DESCRIPTION("operationDescription", BsonBytes.DOCUMENT);

    private static final Field[] ALL = values();

    private final String key;
    private final byte[] keyBytes;
    private final byte type;

    Field(String key, byte type) {
      this.key = key;
      this.keyBytes = BsonBytes.ascii(key);
      this.type = type;
    }

    private boolean mayBeNull() {
      return this == FULL_DOCUMENT || this == BEFORE;
    }
  }

  private static final int ABSENT = -1;

  private final byte[] bytes;
  private final int start;
  private final int length;
  private final long capturedAtMillis;
  private final DocumentSource ofUpdates;
  private final byte[] types = new byte[Field.ALL.length];
  private final int[] offsets = new int[Field.ALL.length];
  private final Operation operation;
  private final ResumeToken token;

  /** Of the event that this one was made of; null if it is as the server sent it. */
  private final EventId knownId;

  /** Where a stream goes on behind a read of a snapshot; null for what the server sent. */
  private final Position behind;

  /** As the token has it; -1 if that has another form. */
  private final int transactionIndex;

  /**
   * @param bytes holds the event's BSON from {@code offset} on, {@code length} bytes of it; not
   *     copied
   * @param capturedAtMillis when we got it, in milliseconds since 1970
   * @param ofUpdates where the document of an update comes from, if it has one
   * @throws CorruptBsonException if the bytes are not one whole document
   * @throws IllegalArgumentException if this is no change event
   */
  public ChangeEvent(
      byte[] bytes, int offset, int length, long capturedAtMillis, DocumentSource ofUpdates) {
    this(bytes, offset, length, capturedAtMillis, ofUpdates, null, null);
  }

  private ChangeEvent(
      byte[] bytes,
      int offset,
      int length,
      long capturedAtMillis,
      DocumentSource ofUpdates,
      EventId knownId,
      Position behind) {
    this.knownId = knownId;
    this.behind = behind;
    this.bytes = Objects.requireNonNull(bytes, "bytes");
    this.start = offset;
    this.length = length;
    this.capturedAtMillis = capturedAtMillis;
    this.ofUpdates = ofUpdates;
    Arrays.fill(offsets, ABSENT);
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int end = BsonBytes.documentEnd(bytes, offset, offset + length);
    if (end != offset + length) {
      throw new CorruptBsonException(length + " bytes for a shorter document", offset);
    }
    findFields(offset, end - 1);
    this.operation = Operation.at(bytes, require(Field.OPERATION_TYPE));
    int tokenAt = require(Field.RESUME_TOKEN);
    this.token = ResumeToken.copyOf(bytes, tokenAt, BsonBytes.int32(bytes, tokenAt, bytes.length));
    this.transactionIndex =
        has(Field.CLUSTER_TIME) ? token.transactionIndex(int64(Field.CLUSTER_TIME)) : ABSENT;
  }

  /** With a document of an update, if it has one, that was looked up. */
  public ChangeEvent(byte[] bytes, int offset, int length, long capturedAtMillis) {
    this(bytes, offset, length, capturedAtMillis, DocumentSource.LOOKUP);
  }

  /** The same event, of the same id and captured at the same time, in other bytes. */
  public ChangeEvent with(byte[] otherBytes) {
    return new ChangeEvent(
        otherBytes, 0, otherBytes.length, capturedAtMillis, ofUpdates, id(), behind);
  }

  /**
   * A document that a snapshot has read, in the form of an event: the {@code _id} has the name of
   * the snapshot in the place of a token.
   *
   * @param behind where the stream and the snapshot go on behind it
   */
  public static ChangeEvent read(byte[] bytes, long capturedAtMillis, Position behind) {
    return new ChangeEvent(
        bytes, 0, bytes.length, capturedAtMillis, DocumentSource.SNAPSHOT, null, behind);
  }

  private void findFields(int offset, int end) {
    int at = offset + Integer.BYTES;
    int next = 0; // A server sends them nearly in our order.
    while (at < end) {
      byte type = bytes[at];
      int nameEnd = BsonBytes.cStringEnd(bytes, at + 1, end);
      for (int i = 0; i < Field.ALL.length; i++) {
        Field field = Field.ALL[(next + i) % Field.ALL.length];
        if (BsonBytes.isText(bytes, at + 1, nameEnd, field.keyBytes)) {
          found(field, type, nameEnd + 1);
          next = field.ordinal() + 1;
          break;
        }
      }
      at = BsonBytes.skipValue(type, bytes, nameEnd + 1, end);
    }
  }

  private void found(Field field, byte type, int value) {
    if (type == field.type || type == BsonBytes.NULL && field.mayBeNull()) {
      types[field.ordinal()] = type;
      offsets[field.ordinal()] = value;
    } else if (type != BsonBytes.NULL) {
      throw new IllegalArgumentException(
          "a change event whose " + field.key + " has the BSON type " + (type & 0xff));
    }
  }

  private int require(Field field) {
    int offset = offset(field);
    if (offset == ABSENT) {
      throw without(field);
    }
    return offset;
  }

  private static IllegalArgumentException without(Field field) {
    return new IllegalArgumentException("a change event without " + field.key);
  }

  public Operation operation() {
    return operation;
  }

  public ResumeToken token() {
    return token;
  }

  /** Where its document comes from; meaningless where it has none. */
  public DocumentSource documentSource() {
    if (operation == Operation.READ) {
      return DocumentSource.SNAPSHOT;
    }
    return operation != Operation.UPDATE
        ? DocumentSource.EVENT
        : ofUpdates == DocumentSource.POST_IMAGE && type(Field.FULL_DOCUMENT) == BsonBytes.NULL
            ? DocumentSource.EXPIRED
            : ofUpdates;
  }

  /** When Sluice got the event, in milliseconds since 1970. */
  public long capturedAtMillis() {
    return capturedAtMillis;
  }

  @Override
  public Position position() {
    return behind == null ? new Position.After(token) : behind;
  }

  /** The name of the snapshot that has read it; null if none has. */
  public String snapshot() {
    int name =
        operation == Operation.READ
            ? find(offset(Field.RESUME_TOKEN), "snapshot", BsonBytes.STRING)
            : ABSENT;
    return name == ABSENT ? null : BsonBytes.text(bytes, name, bytes.length);
  }

  /**
   * {@inheritDoc}
   *
   * <p>From a token of another form the index cannot be read; then it is 0. A read is behind all
   * changes of its moment.
   *
   * @throws IllegalArgumentException if the event has no cluster time
   */
  @Override
  public ChangePosition order() {
    if (operation == Operation.READ) {
      return ChangePosition.behindAllOf(int64(Field.CLUSTER_TIME));
    }
    return new ChangePosition(int64(Field.CLUSTER_TIME), Math.max(0, transactionIndex));
  }

  /** Whether its token has a form that is known, so that {@link #order} is exact. */
  public boolean isOrderKnown() {
    return transactionIndex != ABSENT;
  }

  @Override
  public EventId id() {
    if (knownId != null) {
      return knownId;
    }
    if (operation == Operation.READ) {
      return EventId.ofRead(this);
    }
    return isOrderKnown() ? EventId.of(this) : EventId.of(token);
  }

  @Override
  public int sizeBytes() {
    return length;
  }

  /** Whether the event has the field; one that is null counts as absent, save an image. */
  public boolean has(Field field) {
    return offset(field) != ABSENT;
  }

  /** The BSON type byte of the field; meaningless when the event does not have it. */
  public byte type(Field field) {
    return types[field.ordinal()];
  }

  /** Where in {@link #bytes()} the field's value begins, or -1. */
  public int offset(Field field) {
    return offsets[field.ordinal()];
  }

  /** The value of a field of eight bytes; the event must have it. */
  public long int64(Field field) {
    return BsonBytes.int64(bytes, require(field), bytes.length);
  }

  /** Where in {@link #bytes()} the event's document begins; {@link #sizeBytes} is its length. */
  public int start() {
    return start;
  }

  /** The array that {@link #offset} points into. Not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  /** The namespace of the event; empty-handed (null) only on an invalidate. */
  public Namespace namespace() {
    return namespaceAt(Field.NAMESPACE);
  }

  /** The namespace that the field has; null where the event does not have it. */
  public Namespace namespaceAt(Field field) {
    if (!has(field)) {
      return null;
    }
    int document = offset(field);
    int database = find(document, "db", BsonBytes.STRING);
    if (database == ABSENT) {
      throw new IllegalArgumentException("a namespace without its database");
    }
    int collection = find(document, "coll", BsonBytes.STRING);
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    return new Namespace(
        BsonBytes.text(bytes, database, end),
        collection == ABSENT ? null : BsonBytes.text(bytes, collection, end));
  }

  /**
   * Where the value of a key of an embedded document begins, or -1.
   *
   * @param document the offset of the embedded document
   */
  public int find(int document, String key) {
    return BsonBytes.find(bytes, document, bytes.length, key);
  }

  /** As {@link #find(int, String)}, and -1 also where the value is of another BSON type. */
  public int find(int document, String key, byte type) {
    int value = find(document, key);
    // The type byte stands before the name and its closing zero.
    return value != ABSENT && bytes[value - key.length() - 2] == type ? value : ABSENT;
  }

  /**
   * {@inheritDoc}
   *
   * <p>If its {@code _id} cannot be read, the event may concern any document.
   */
  @Override
  public long documentHash() {
    try {
      return EventHash.ofDocument(this);
    } catch (CorruptBsonException e) {
      return EVERY_DOCUMENT;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>If its namespace cannot be read, the event may concern any collection.
   */
  @Override
  public long collectionHash() {
    try {
      return EventHash.ofCollection(this);
    } catch (CorruptBsonException e) {
      return EVERY_COLLECTION;
    }
  }

  /** Operation, namespace and token: never the document. */
  @Override
  public String toString() {
    return operation.text() + " " + shownNamespace() + " " + token;
  }

  /** A damaged event has to be named in a message too. */
  private String shownNamespace() {
    try {
      return String.valueOf(namespace());
    } catch (CorruptBsonException | IllegalArgumentException e) {
      return "?";
    }
  }
}
