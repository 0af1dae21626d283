package dev.sluice.change;

import dev.sluice.change.ChangeEvent.Field;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * What an {@link EventId} is computed with. The operation and the namespace, which thousands of
 * events share, are hashed once; with half a hash for them, all of an event goes into one block of
 * SHA-256 if its {@code _id} is not a long one. The JVM has an instruction for it only in what the
 * optimising compiler makes, so that each block costs a microsecond without.
 *
 * <p>Not thread-safe: each thread has its own.
 */
final class EventDigest {
  /** Of an id. */
  private static final int BYTES = 16;

  /** Of the hash of an operation and a namespace. */
  private static final int KIND_BYTES = 12;

  private static final int POSITION_BYTES = Long.BYTES + Integer.BYTES;

  /** What fits into one block beside the padding: an end mark and the length. */
  private static final int BLOCK_BYTES = 64 - 1 - Long.BYTES;

  /** How many collections and operations are remembered, a power of two. */
  private static final int KINDS = 64;

  private static final int SHA_256_BYTES = 32;

  private static final HexFormat HEX = HexFormat.of();
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final ThreadLocal<EventDigest> OF_THREAD =
      ThreadLocal.withInitial(EventDigest::new);

  /** An operation on a collection. */
  private record Kind(Operation operation, byte[] namespace, byte[] hash) {
    boolean isOf(ChangeEvent event, int from, int to) {
      return operation == event.operation()
          && Arrays.equals(namespace, 0, namespace.length, event.bytes(), from, to);
    }
  }

  private final MessageDigest hash;
  private final Kind[] kinds = new Kind[KINDS];
  private final byte[] block = new byte[BLOCK_BYTES];
  private final byte[] result = new byte[SHA_256_BYTES];

  private EventDigest() {
    try {
      this.hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The id of an event whose position is known. */
  static String of(ChangeEvent event) {
    return begun().ofEvent(event);
  }

  /**
   * The id of whatever is said.
   *
   * @param saying tells the hash
   */
  static String of(Consumer<MessageDigest> saying) {
    EventDigest digest = begun();
    saying.accept(digest.hash);
    return digest.id();
  }

  /** Without what was said of an event that turned out to be damaged. */
  private static EventDigest begun() {
    EventDigest digest = OF_THREAD.get();
    digest.hash.reset();
    return digest;
  }

  private String ofEvent(ChangeEvent event) {
    byte[] kind = kind(event).hash();
    ChangePosition position = event.order();
    LONGS.set(block, 0, position.clusterTime());
    INTS.set(block, Long.BYTES, position.index());
    System.arraycopy(kind, 0, block, POSITION_BYTES, KIND_BYTES);
    int size = POSITION_BYTES + KIND_BYTES;
    if (event.has(Field.DOCUMENT_KEY)) {
      int key = event.offset(Field.DOCUMENT_KEY);
      int length = BsonBytes.int32(event.bytes(), key, event.bytes().length);
      if (length <= BLOCK_BYTES - size) {
        System.arraycopy(event.bytes(), key, block, size, length);
        size += length;
      } else {
        hash.update(block, 0, size);
        hash.update(event.bytes(), key, length);
        size = 0;
      }
    }
    hash.update(block, 0, size);
    return id();
  }

  private String id() {
    return HEX.formatHex(digest(), 0, BYTES);
  }

  private Kind kind(ChangeEvent event) {
    int from = Math.max(0, event.offset(Field.NAMESPACE));
    int to =
        event.has(Field.NAMESPACE)
            ? from + BsonBytes.int32(event.bytes(), from, event.bytes().length)
            : from;
    int place = (int) (event.collectionHash() >>> 32) + event.operation().ordinal() & KINDS - 1;
    Kind known = kinds[place];
    if (known == null || !known.isOf(event, from, to)) {
      hash.update(event.operation().ascii());
      hash.update((byte) 0);
      hash.update(event.bytes(), from, to - from);
      known =
          new Kind(
              event.operation(),
              Arrays.copyOfRange(event.bytes(), from, to),
              Arrays.copyOf(digest(), KIND_BYTES));
      kinds[place] = known;
    }
    return known;
  }

  private byte[] digest() {
    try {
      hash.digest(result, 0, result.length);
      return result;
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 has more than 32 bytes", e);
    }
  }
}
