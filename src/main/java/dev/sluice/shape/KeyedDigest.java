package dev.sluice.shape;

import dev.sluice.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 (RFC 2104) of a BSON value with its type, in hexadecimal digits. Equal values have
 * equal digests; without the key nobody can try values out. Not thread-safe.
 */
final class KeyedDigest {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;

  KeyedDigest(Secret key) {
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  String of(byte type, byte[] bytes, int from, int to) {
    mac.update(type);
    mac.update(bytes, from, to - from);
    return HexFormat.of().formatHex(mac.doFinal());
  }
}
