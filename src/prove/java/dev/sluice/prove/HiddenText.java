package dev.sluice.prove;

import com.rabbitmq.client.Delivery;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What must not leave: each hidden value has this word in it, which nothing else has, so that one
 * search finds any of them anywhere.
 */
final class HiddenText {
  /** The first byte of a BSON string in an element (bsonspec.org). */
  private static final byte STRING = 2;

  /** So that equal and different values both come. */
  private static final int DIFFERENT = 1_000;

  private final String word;
  private final String key;

  /**
   * @param word in all hidden values
   * @param key of the digests that may leave in the place of some
   */
  HiddenText(String word, String key) {
    this.word = word;
    this.key = key;
  }

  /** Fresh ones of a run. */
  static HiddenText drawn(Random random) {
    return new HiddenText(
        "sesame" + Long.toHexString(random.nextLong()),
        Long.toHexString(random.nextLong()) + "-of-make-prove");
  }

  String key() {
    return key;
  }

  /** A value that must not leave as it stands. */
  String value(Random random) {
    return word + "-" + random.nextInt(DIFFERENT);
  }

  /** What leaves in the place of a string that is hashed, by our own reading of docs/FIELDS.md. */
  String digest(String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bson =
        ByteBuffer.allocate(1 + Integer.BYTES + text.length + 1).order(ByteOrder.LITTLE_ENDIAN);
    bson.put(STRING).putInt(text.length + 1).put(text).put((byte) 0);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bson.array()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JVM has HMAC-SHA-256", e);
    }
  }

  /** Where in a message it stands: body, routing key, properties and headers. */
  List<String> in(Delivery delivery) {
    List<String> found = new ArrayList<>();
    // One byte is one character, whatever the body is: only such are in the word.
    if (isIn(new String(delivery.getBody(), StandardCharsets.ISO_8859_1))) {
      found.add("the body");
    }
    if (isIn(delivery.getEnvelope().getRoutingKey())) {
      found.add("the routing key");
    }
    if (isIn(String.valueOf(delivery.getProperties().getHeaders()))) {
      found.add("the headers");
    } else if (isIn(delivery.getProperties().toString())) {
      found.add("the properties");
    }
    return found;
  }

  boolean isIn(String text) {
    return text.contains(word);
  }
}
