package dev.sluice.target.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A script that runs within the server: nothing comes between its commands, and it is replicated
 * and logged as one (https://redis.io/docs/latest/develop/programmability/eval-intro/).
 */
final class RedisScript {
  private final byte[] text;
  private final byte[] digest;

  RedisScript(String lua) {
    text = lua.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(text);
      digest = HexFormat.of().formatHex(sha1).getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  byte[] text() {
    return text.clone();
  }

  /** By which the server knows it once it has had it. */
  byte[] digest() {
    return digest.clone();
  }
}
