package dev.sluice.change;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Where a change stream can be resumed: opaque to us, made and understood by the server (manual:
 * Change Streams, Resume Tokens). Two tokens are equal when their bytes are.
 */
public final class ResumeToken {
  /** As much of a token as a log line shows: version, seconds and increment of the cluster time. */
  private static final int SHOWN = 18;

  private static final String DATA = "_data";

  private final byte[] bson;

  private ResumeToken(byte[] bson) {
    this.bson = bson;
  }

  /** A copy of the document of {@code length} bytes that begins at {@code offset}. */
  public static ResumeToken copyOf(byte[] bytes, int offset, int length) {
    return new ResumeToken(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  public static ResumeToken of(BsonDocument document) {
    Objects.requireNonNull(document, "document");
    RawBsonDocument raw =
        document instanceof RawBsonDocument same
            ? same
            : new RawBsonDocument(document, new BsonDocumentCodec());
    var buffer = raw.getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return new ResumeToken(bytes);
  }

  /** The token as the driver takes it. */
  public BsonDocument toBson() {
    return new RawBsonDocument(bson);
  }

  /**
   * When what it stands for was committed, as far as it can be told: the server writes a token as a
   * sortable key whose first value is this timestamp (mongo/src/mongo/db/pipeline/resume_token.cpp;
   * key_string.h: 0x82, then seconds and increment in big-endian order). For estimates and
   * sentences; where a stream goes on is decided by the whole token.
   */
  public Optional<BsonTimestamp> clusterTime() {
    try {
      int data = textOfData();
      if (data < 0) {
        return Optional.empty();
      }
      int from = data + Integer.BYTES;
      int end = from + BsonBytes.stringLength(bson, data, bson.length);
      return TokenKey.clusterTime(bson, from, end);
    } catch (CorruptBsonException e) {
      return Optional.empty();
    }
  }

  /**
   * The index of the event's operation in its transaction, which is 0 outside of one.
   *
   * @param clusterTime of the event, as it has it beside the token
   * @return -1 if the token has another form than those that are known
   */
  int transactionIndex(long clusterTime) {
    try {
      int data = textOfData();
      if (data < 0) {
        return TokenKey.UNKNOWN;
      }
      int from = data + Integer.BYTES;
      int end = from + BsonBytes.stringLength(bson, data, bson.length);
      return TokenKey.transactionIndex(bson, from, end, clusterTime);
    } catch (CorruptBsonException e) {
      return TokenKey.UNKNOWN;
    }
  }

  /**
   * Whether it is an event's, so that there may be others of the same moment before it and behind
   * it. Not that of an invalidation, behind which nothing else can be resumed.
   */
  public boolean isOfEvent() {
    byte[] digits = digits();
    return TokenKey.kind(digits, 0, digits.length) == TokenKey.Kind.EVENT;
  }

  /**
   * Whether it stands before the other one or is the same. Tokens compare as their texts do
   * (manual: Change Streams, Resume Tokens), though only those of one version; of two that cannot
   * be compared it is false.
   */
  public boolean isNotBehind(ResumeToken other) {
    byte[] digits = digits();
    byte[] others = other.digits();
    int version = TokenKey.version(digits, 0, digits.length);
    return version != TokenKey.UNKNOWN
        && version == TokenKey.version(others, 0, others.length)
        && data().compareToIgnoreCase(other.data()) <= 0;
  }

  private byte[] digits() {
    return data().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** For the event id only. */
  byte[] bytes() {
    return bson;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ResumeToken token && Arrays.equals(bson, token.bson);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bson);
  }

  /** The beginning of the token: enough to recognise it in a log. */
  @Override
  public String toString() {
    String text = data();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  /** A token that is damaged must not keep the message about it from being written. */
  private String data() {
    try {
      int data = textOfData();
      return data < 0 ? "?" : BsonBytes.text(bson, data, bson.length);
    } catch (CorruptBsonException e) {
      return "?";
    }
  }

  /** Where the size field of the text {@code _data} is; -1 if there is none. */
  private int textOfData() {
    int data = BsonBytes.find(bson, 0, bson.length, DATA);
    // The type byte stands before the name and its closing zero.
    return data > 0 && bson[data - DATA.length() - 2] == BsonBytes.STRING ? data : -1;
  }
}
