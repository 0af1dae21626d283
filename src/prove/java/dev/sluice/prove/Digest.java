package dev.sluice.prove;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** A short digest: enough to tell any two bodies, or documents, of a run apart. */
final class Digest {
  /** Of SHA-256. */
  private static final int BYTES = 12;

  private Digest() {}

  static String of(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return Base64.getEncoder().encodeToString(digest).substring(0, BYTES * 4 / 3);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }
}
