package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/**
 * A place in a change stream: the hexadecimal key string a server hands out as {@code _data}.
 *
 * <p>Layout as in the server's {@code resume_token.cpp}: cluster time, version, token type,
 * operation index in its transaction, whether it is an invalidate's, collection UUID, and what the
 * event was about. Tokens sort as text in the order of their events.
 */
record ResumeToken(Position position, int version, String data, byte[] typeBits) {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final int EVENT = 128;
  private static final int HIGH_WATER_MARK = 0;
  private static final int TIMESTAMP_TAG = 0x82;

  /**
   * What orders tokens.
   *
   * @param event false for a high-water mark, which sorts before the events of its time
   */
  record Position(OpTime time, boolean event, int operation, boolean invalidate) {

    static Position before(OpTime time) {
      return new Position(time, false, 0, false);
    }
  }

  /** What an event is about: the last part of its token. */
  record Subject(UUID collection, String operationType, Object documentKey, Object description) {}

  static ResumeToken highWaterMark(OpTime time, int version) {
    KeyString key = head(new Position(time, false, 0, false), version, HIGH_WATER_MARK);
    if (version >= 2) {
      key.append(null);
    }
    return new ResumeToken(Position.before(time), version, key.end(), new byte[0]);
  }

  static ResumeToken ofEvent(Position position, int version, Subject subject) {
    return ofEvent(position, version, subject, -1);
  }

  /** The token of one fragment of a split event; -1 for an event in one piece. */
  static ResumeToken ofEvent(Position position, int version, Subject subject, int fragment) {
    KeyString key = head(position, version, EVENT);
    if (subject.collection() != null) {
      key.append(subject.collection());
    } else if (version >= 2) {
      key.append(null);
    }
    Object identifier = identifier(version, subject);
    if (identifier != null) {
      key.append(identifier);
    }
    if (fragment >= 0) {
      key.append(fragment);
    }
    return new ResumeToken(position, version, key.end(), key.typeBits());
  }

  private static Object identifier(int version, Subject subject) {
    boolean expanded = EventType.isExpanded(subject.operationType());
    if (version < 2 && !expanded) {
      return subject.documentKey();
    }
    Document identifier = new Document("operationType", subject.operationType());
    if (subject.documentKey() != null) {
      identifier.put("documentKey", subject.documentKey());
    } else if (subject.description() != null) {
      identifier.put("operationDescription", subject.description());
    }
    return identifier;
  }

  private static KeyString head(Position position, int version, int tokenType) {
    return new KeyString()
        .append(position.time().timestamp())
        .append(version)
        .append(tokenType)
        .append(position.operation())
        .append(position.invalidate());
  }

  Document document() {
    Document document = new Document("_data", data);
    if (typeBits.length > 0) {
      document.put("_typeBits", new BinData(typeBits));
    }
    return document;
  }

  boolean isHighWaterMark() {
    return !position.event();
  }

  /**
   * The fragment number of this token, given the token of the whole event.
   *
   * @return -1 if this token is that of the whole event
   */
  int fragmentOf(ResumeToken whole) {
    String stem = whole.data.substring(0, whole.data.length() - 2);
    if (data.equals(whole.data) || !data.startsWith(stem)) {
      return -1;
    }
    ByteBuffer rest = ByteBuffer.wrap(HEX.parseHex(data.substring(stem.length())));
    return readInteger(rest);
  }

  static ResumeToken parse(Map<String, Object> document) {
    if (!(document.get("_data") instanceof String data)) {
      throw ServerError.location(
          40647,
          "Bad resume token: _data of missing or of wrong type. Expected string, got "
              + ((Document) document).toString(true));
    }
    if (document.get("_typeBits") != null && !(document.get("_typeBits") instanceof BinData)) {
      throw ServerError.location(
          40648,
          "Bad resume token: _typeBits of wrong type " + ((Document) document).toString(true));
    }
    byte[] bytes;
    try {
      bytes = HEX.parseHex(data);
    } catch (IllegalArgumentException e) {
      throw ServerError.failedToParse("resume token string was not a valid hex string");
    }
    if (bytes.length == 0) {
      throw ServerError.location(40649, "invalid empty resume token");
    }
    byte[] bits = document.get("_typeBits") instanceof BinData b ? b.getData() : new byte[0];
    return parse(data, ByteBuffer.wrap(bytes), bits);
  }

  private static ResumeToken parse(String data, ByteBuffer in, byte[] bits) {
    try {
      if ((in.get() & 0xFF) != TIMESTAMP_TAG) {
        throw ServerError.failedToParse("resume token does not start with a timestamp");
      }
      OpTime time = new OpTime(in.getInt(), in.getInt());
      int version = readInteger(in);
      if (version < 0 || version > 2) {
        throw ServerError.location(50795, "Invalid Resume Token: only supports version 0, 1 and 2");
      }
      int type = version >= 1 ? readInteger(in) : EVENT;
      if (type != EVENT && type != HIGH_WATER_MARK) {
        throw ServerError.location(51057, "Token type " + type + " not recognized");
      }
      int operation = readInteger(in);
      boolean invalidate = version >= 1 && (in.get() & 0xFF) == 0x6F;
      Position position = new Position(time, type == EVENT, operation, invalidate);
      return new ResumeToken(position, version, data, bits);
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /** What a 4.2.14 was seen to answer to a token that was cut off. */
  private static ServerError tooShort() {
    return new ServerError(15, "Overflow", "cannot read on: the resume token is too short");
  }

  private static int readInteger(ByteBuffer in) {
    int tag = in.get() & 0xFF;
    if (tag == 0x29) {
      return 0;
    }
    int count = tag - 0x2B + 1;
    if (count < 1 || count > 4) {
      throw ServerError.failedToParse("resume token holds an unexpected number");
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (in.get() & 0xFF);
    }
    return (int) (value >> 1);
  }
}
