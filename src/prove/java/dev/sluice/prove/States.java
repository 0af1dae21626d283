package dev.sluice.prove;

/**
 * What a document was before a write and what it was left as, each as a {@link Digest} of what a
 * consumer may see of it.
 */
record States(String before, String after) {
  /** The document is not there. */
  static final String NONE = "";
}
