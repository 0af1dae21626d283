package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts the byte stream of a connection into {@link Request}s: {@code OP_MSG}, and {@code OP_QUERY}
 * for the handshake of older drivers.
 *
 * <p>What is no message of the protocol ends the connection, as it does on a server. A message is
 * copied once, into an array of its own; documents of a sequence stay undecoded.
 */
final class WireDecoder extends ByteToMessageDecoder {

  static final int MAX_MESSAGE_BYTES = 48_000_000;
  static final int OP_REPLY = 1;
  static final int OP_QUERY = 2004;
  static final int OP_MSG = 2013;

  static final int FLAG_CHECKSUM = 1;
  static final int FLAG_MORE_TO_COME = 1 << 1;
  static final int FLAG_EXHAUST_ALLOWED = 1 << 16;

  private static final int HEADER_BYTES = 16;

  /** Of the lower 16 bits a server refuses those it does not know. */
  private static final int REQUIRED_BITS = 0xFFFF & ~(FLAG_CHECKSUM | FLAG_MORE_TO_COME);

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < HEADER_BYTES) {
      return;
    }
    int length = in.getIntLE(in.readerIndex());
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      throw new MalformedBsonException("message length " + length + " is out of range");
    }
    int opCode = in.getIntLE(in.readerIndex() + 12);
    if (opCode != OP_MSG && opCode != OP_QUERY) {
      throw new MalformedBsonException("opcode " + opCode + " is not supported");
    }
    if (in.readableBytes() < length) {
      return;
    }
    int id = in.getIntLE(in.readerIndex() + 4);
    in.skipBytes(HEADER_BYTES);
    byte[] message = new byte[length - HEADER_BYTES];
    in.readBytes(message);
    out.add(opCode == OP_MSG ? decodeMessage(id, message) : decodeQuery(id, message));
  }

  private static Request decodeMessage(int id, byte[] message) {
    int flags = new BsonReader(message, 0, message.length).readInt();
    if ((flags & REQUIRED_BITS) != 0) {
      throw new MalformedBsonException("unknown message flags " + flags);
    }
    int end = message.length - ((flags & FLAG_CHECKSUM) != 0 ? 4 : 0);
    BsonReader reader = new BsonReader(message, 4, end);
    Document body = null;
    Map<String, List<RawDocument>> sequences = new HashMap<>();
    while (!reader.atEnd()) {
      byte kind = reader.readByte();
      if (kind == 0 && body == null) {
        body = reader.readDocument();
      } else if (kind == 1) {
        int sectionEnd = reader.position() + reader.readInt();
        if (sectionEnd > end) {
          throw new MalformedBsonException("section ends behind its message");
        }
        String name = reader.readCString();
        List<RawDocument> documents = new ArrayList<>();
        while (reader.position() < sectionEnd) {
          documents.add(reader.readRawDocument());
        }
        sequences.put(name, documents);
      } else {
        throw new MalformedBsonException("unexpected section of kind " + kind);
      }
    }
    if (body == null) {
      throw new MalformedBsonException("message without a body");
    }
    boolean exhaust = (flags & FLAG_EXHAUST_ALLOWED) != 0;
    return new Request(id, false, exhaust, (flags & FLAG_MORE_TO_COME) != 0, body, sequences);
  }

  private static Request decodeQuery(int id, byte[] message) {
    BsonReader reader = new BsonReader(message, 0, message.length);
    reader.readInt();
    String collection = reader.readCString();
    reader.readInt();
    reader.readInt();
    Document query = reader.readDocument();
    if (query.get("$query") instanceof Document inner) {
      query = inner;
    }
    if (!collection.endsWith(".$cmd")) {
      throw new MalformedBsonException("OP_QUERY is for handshakes only");
    }
    query.put("$db", collection.substring(0, collection.length() - 5));
    return new Request(id, true, false, false, query, Map.of());
  }
}
