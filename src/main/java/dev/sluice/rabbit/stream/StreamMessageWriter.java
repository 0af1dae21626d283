package dev.sluice.rabbit.stream;

import dev.sluice.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Writes a message as a stream keeps it: in AMQP 1.0 (OASIS AMQP 1.0, 1.6 and 3.2), with what AMQP
 * 0-9-1 knows and 1.0 does not where RabbitMQ puts it when it stores a message that came by 0-9-1
 * (rabbitmq-server/deps/rabbit/src: rabbit_msg_record.erl, from 3.13 on mc_amqpl.erl). So whoever
 * reads the stream by AMQP 0-9-1 sees the same properties and headers, by whichever protocol the
 * message came.
 *
 * <p>One for each producer, which it serves without making garbage beyond the texts' bytes. Not
 * thread-safe.
 */
final class StreamMessageWriter {
  private static final int HEADER = 0x70;
  private static final int ANNOTATIONS = 0x72;
  private static final int PROPERTIES = 0x73;
  private static final int APPLICATION_PROPERTIES = 0x74;
  private static final int DATA = 0x75;

  private static final int NULL = 0x40;
  private static final int TRUE = 0x41;
  private static final int FALSE = 0x42;
  private static final int SMALL_ULONG = 0x53;
  private static final int UNSIGNED_BYTE = 0x50;
  private static final int INT = 0x71;
  private static final int LONG = 0x81;
  private static final int DOUBLE = 0x82;
  private static final int TIMESTAMP = 0x83;
  private static final int SMALL_BINARY = 0xa0;
  private static final int SMALL_STRING = 0xa1;
  private static final int SMALL_SYMBOL = 0xa3;
  private static final int BINARY = 0xb0;
  private static final int STRING = 0xb1;
  private static final int SYMBOL = 0xb3;
  private static final int SMALL_LIST = 0xc0;
  private static final int LIST = 0xd0;
  private static final int MAP = 0xd1;

  private static final int SMALL = 255;

  /** Everything around the texts of a message that has few properties, and more than that. */
  private static final int FRAME_AND_SECTIONS_BYTES = 512;

  /** What a header costs beside its texts. */
  private static final int HEADER_BYTES = 32;

  /** A UTF-16 unit takes at the most so many bytes of UTF-8. */
  private static final int BYTES_OF_A_CHARACTER = 3;

  private static final byte[] EXCHANGE = symbolOf("x-exchange");
  private static final byte[] ROUTING_KEY = symbolOf("x-routing-key");
  private static final byte[] DELIVERY_MODE = symbolOf("x-basic-delivery-mode");
  private static final byte[] TYPE = symbolOf("x-basic-type");

  /** Persistent, as AMQP 0-9-1 counts. */
  private static final byte PERSISTENT = 2;

  /** More than routes usually give. */
  private static final int MOST_KNOWN_HEADERS = 64;

  private final boolean asBefore313;
  private final FrameBuffer out;
  private final BiConsumer<String, Object> header = this::header;
  private final BiConsumer<String, Object> size = this::size;

  private final Map<String, KnownHeader> headers = new HashMap<>();

  private long texts;

  /**
   * @param asBefore313 for a RabbitMQ before 3.13, which cannot read a message with a header
   * @param out what they are written to
   */
  StreamMessageWriter(boolean asBefore313, FrameBuffer out) {
    this.asBefore313 = asBefore313;
    this.out = out;
  }

  /** An upper bound of the bytes that a message takes. */
  long sizeAtMost(Message message, String routingKey) {
    texts =
        message.messageId().length()
            + message.type().length()
            + routingKey.length()
            + message.content().type().length()
            + message.content().encoding().length();
    message.headers().forEach(size);
    return FRAME_AND_SECTIONS_BYTES
        + (long) HEADER_BYTES * message.headers().size()
        + BYTES_OF_A_CHARACTER * texts
        + message.body().length;
  }

  private void size(String name, Object value) {
    texts += name.length() + value.toString().length();
  }

  /**
   * Writes a message.
   *
   * @param exchange through which it would have come by AMQP 0-9-1
   * @param routingKey likewise
   */
  void write(Message message, String exchange, String routingKey) {
    header();
    annotations(message, exchange, routingKey);
    properties(message);
    applicationProperties(message);
    data(message.body());
  }

  private void section(int descriptor) {
    out.int8(0).int8(SMALL_ULONG).int8(descriptor);
  }

  /** Durable, as each message of ours. */
  private void header() {
    if (asBefore313) {
      return;
    }
    section(HEADER);
    out.int8(SMALL_LIST).int8(2).int8(1).int8(TRUE);
  }

  private void annotations(Message message, String exchange, String routingKey) {
    section(ANNOTATIONS);
    int start = beginCompound(MAP);
    out.raw(EXCHANGE);
    string(exchange);
    out.raw(ROUTING_KEY);
    string(routingKey);
    if (asBefore313) {
      out.raw(DELIVERY_MODE).int8(UNSIGNED_BYTE).int8(PERSISTENT);
    } else {
      out.raw(TYPE);
      string(message.type());
    }
    endCompound(start, 6);
  }

  private void properties(Message message) {
    section(PROPERTIES);
    int start = beginCompound(LIST);
    string(message.messageId());
    nothing("user-id");
    nothing("to");
    nothing("subject");
    nothing("reply-to");
    nothing("correlation-id");
    symbol(message.content().type());
    if (message.content().encoding().isEmpty()) {
      nothing("content-encoding");
    } else {
      symbol(message.content().encoding());
    }
    nothing("absolute-expiry-time");
    out.int8(TIMESTAMP).int64(message.timestampSeconds() * 1000);
    if (asBefore313) {
      nothing("group-id");
    } else {
      string(Message.APP_ID);
    }
    endCompound(start, 11);
  }

  /**
   * @param field its name, for whoever reads this
   */
  private void nothing(String field) {
    out.int8(NULL);
  }

  private void applicationProperties(Message message) {
    section(APPLICATION_PROPERTIES);
    int start = beginCompound(MAP);
    message.headers().forEach(header);
    int count = message.headers().size();
    if (asBefore313) {
      header("x-basic-type", message.type());
      header("x-basic-app-id", Message.APP_ID);
      count += 2;
    }
    endCompound(start, 2 * count);
  }

  private void header(String name, Object value) {
    KnownHeader known = headers.get(name);
    if (known == null) {
      known = new KnownHeader(name);
      if (headers.size() < MOST_KNOWN_HEADERS) {
        headers.put(name, known);
      }
    }
    out.raw(known.name);
    if (value instanceof String text) {
      known.value(text, out);
    } else {
      value(value);
    }
  }

  /** A header as it is written, with its last value: thousands of events share most of them. */
  private static final class KnownHeader {
    final byte[] name;
    private String last;

    /** What is written of the last value; null as long as it has not come twice. */
    private byte[] encoded;

    KnownHeader(String name) {
      this.name = encoded(name.getBytes(StandardCharsets.UTF_8), SMALL_STRING, STRING);
    }

    /** By identity: equal texts that are none are written once more. */
    @SuppressWarnings("ReferenceEquality")
    void value(String text, FrameBuffer out) {
      if (text != last) {
        last = text;
        encoded = null;
        string(text, out);
      } else {
        if (encoded == null) {
          encoded = encoded(text.getBytes(StandardCharsets.UTF_8), SMALL_STRING, STRING);
        }
        out.raw(encoded);
      }
    }
  }

  private void data(byte[] body) {
    section(DATA);
    if (body.length <= SMALL) {
      out.int8(SMALL_BINARY).int8(body.length);
    } else {
      out.int8(BINARY).int32(body.length);
    }
    out.raw(body);
  }

  private void value(Object value) {
    if (value instanceof Boolean flag) {
      out.int8(flag ? TRUE : FALSE);
    } else if (value instanceof Byte number) {
      out.int8(UNSIGNED_BYTE).int8(number);
    } else if (value instanceof Integer number) {
      out.int8(INT).int32(number);
    } else if (value instanceof Long number) {
      out.int8(LONG).int64(number);
    } else if (value instanceof Double number) {
      out.int8(DOUBLE).int64(Double.doubleToLongBits(number));
    } else {
      string(value.toString());
    }
  }

  private int beginCompound(int constructor) {
    out.int8(constructor).int32(0).int32(0);
    return out.length();
  }

  /** The size counts what stands behind itself, the count of the items with it. */
  private void endCompound(int start, int items) {
    out.putInt32(start - 2 * Integer.BYTES, out.length() - start + Integer.BYTES);
    out.putInt32(start - Integer.BYTES, items);
  }

  private void string(String text) {
    string(text, out);
  }

  private static void string(String text, FrameBuffer out) {
    if (text.length() * BYTES_OF_A_CHARACTER <= SMALL) {
      out.int8(SMALL_STRING).int8(0);
      int start = out.length();
      out.putInt8(start - 1, out.text(text));
    } else {
      write(text.getBytes(StandardCharsets.UTF_8), SMALL_STRING, STRING, out);
    }
  }

  private void symbol(String text) {
    write(text.getBytes(StandardCharsets.US_ASCII), SMALL_SYMBOL, SYMBOL, out);
  }

  private static void write(byte[] text, int small, int large, FrameBuffer out) {
    if (text.length <= SMALL) {
      out.int8(small).int8(text.length);
    } else {
      out.int8(large).int32(text.length);
    }
    out.raw(text);
  }

  private static byte[] symbolOf(String text) {
    return encoded(text.getBytes(StandardCharsets.US_ASCII), SMALL_SYMBOL, SYMBOL);
  }

  /** What is written of a text, for those that come again and again. */
  private static byte[] encoded(byte[] text, int small, int large) {
    FrameBuffer once = new FrameBuffer();
    write(text, small, large, once);
    return once.toBytes();
  }
}
