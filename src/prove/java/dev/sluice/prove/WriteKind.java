package dev.sluice.prove;

import java.util.Locale;

/** What a writer does to a document. */
enum WriteKind {
  INSERT,
  UPDATE,
  REPLACE,
  DELETE;

  /** The word that the message of such a write carries. */
  String operation() {
    return name().toLowerCase(Locale.ROOT);
  }
}
