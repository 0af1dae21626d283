package dev.sluice.config;

/**
 * Which share of the documents a pipeline carries.
 *
 * @param number which, from 0
 * @param of how many there are
 */
public record Partition(int number, int of) {
  /** All documents. */
  public static final Partition WHOLE = new Partition(0, 1);

  /** Each reads the whole log of MongoDB: more would cost it more than they are worth. */
  public static final int MOST = 256;

  public Partition {
    if (of < 1 || of > MOST || number < 0 || number >= of) {
      throw new IllegalArgumentException("no partition: " + number + " of " + of);
    }
  }

  /**
   * As "3/8".
   *
   * @throws IllegalArgumentException if it is none
   */
  static Partition parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException(text);
    }
    return new Partition(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  public boolean isWhole() {
    return of == 1;
  }

  /** The name under which a pipeline's share keeps its own position, lease and snapshots. */
  public String nameOf(String pipeline) {
    return isWhole() ? pipeline : pipeline + "-" + number + "-of-" + of;
  }
}
