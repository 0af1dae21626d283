package dev.sluice.mongo;

import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonWriter;
import org.bson.codecs.Codec;
import org.bson.codecs.Decoder;
import org.bson.codecs.DecoderContext;
import org.bson.codecs.EncoderContext;
import org.bson.codecs.configuration.CodecRegistries;
import org.bson.codecs.configuration.CodecRegistry;
import org.bson.io.BsonInput;
import org.bson.io.BsonInputMark;

/**
 * Takes the events of a change stream over as they are. The driver hands each to the codec as a
 * document of its own; its own codec would write that once more, field by field into a growing
 * buffer, where one copy of the bytes does.
 *
 * <p>For whole documents only, which is what {@link org.bson.RawBsonDocument#decode(Decoder)} asks
 * for: the reader is left where it is. Stateless.
 */
final class RawEventCodec implements Codec<RawEvent> {
  /** The same codecs, and this one for events. */
  static CodecRegistry in(CodecRegistry others) {
    return CodecRegistries.fromRegistries(CodecRegistries.fromCodecs(new RawEventCodec()), others);
  }

  @Override
  public RawEvent decode(BsonReader reader, DecoderContext context) {
    BsonInput input = ((BsonBinaryReader) reader).getBsonInput();
    BsonInputMark start = input.getMark(Integer.BYTES);
    byte[] event = new byte[input.readInt32()];
    start.reset();
    input.readBytes(event);
    return new RawEvent(event);
  }

  @Override
  public void encode(BsonWriter writer, RawEvent event, EncoderContext context) {
    throw new UnsupportedOperationException("events are read and not written");
  }

  @Override
  public Class<RawEvent> getEncoderClass() {
    return RawEvent.class;
  }
}
