package dev.sluice.embedded.mongo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicInteger;

/** Frames a reply's bytes as {@code OP_MSG}, or as {@code OP_REPLY} for an old handshake. */
final class ReplyEncoder {

  private static final int AWAIT_CAPABLE = 8;

  private final AtomicInteger ids = new AtomicInteger();

  ByteBuf encode(Request request, BsonWriter body, boolean moreToCome) {
    return request.legacy() ? legacy(request.id(), body) : message(request.id(), body, moreToCome);
  }

  private ByteBuf message(int responseTo, BsonWriter body, boolean moreToCome) {
    ByteBuf head = Unpooled.buffer(21);
    head.writeIntLE(21 + body.size());
    head.writeIntLE(ids.incrementAndGet());
    head.writeIntLE(responseTo);
    head.writeIntLE(WireDecoder.OP_MSG);
    head.writeIntLE(moreToCome ? WireDecoder.FLAG_MORE_TO_COME : 0);
    head.writeByte(0);
    return Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(body.buffer(), 0, body.size()));
  }

  private ByteBuf legacy(int responseTo, BsonWriter body) {
    ByteBuf head = Unpooled.buffer(36);
    head.writeIntLE(36 + body.size());
    head.writeIntLE(ids.incrementAndGet());
    head.writeIntLE(responseTo);
    head.writeIntLE(WireDecoder.OP_REPLY);
    head.writeIntLE(AWAIT_CAPABLE);
    head.writeLongLE(0);
    head.writeIntLE(0);
    head.writeIntLE(1);
    return Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(body.buffer(), 0, body.size()));
  }
}
