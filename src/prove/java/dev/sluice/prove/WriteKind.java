package dev.sluice.prove;

import java.util.Locale;
import java.util.Random;

/** What a writer does to a document. */
enum WriteKind {
  INSERT,
  UPDATE,
  REPLACE,
  DELETE;

  /** Of 100 writes to a long-lived document that is there. */
  private static final int DELETES = 5;

  private static final int REPLACES = 10;

  /** What is done next to a document that is as that; most are updates. */
  static WriteKind next(String state, Random random) {
    if (state.equals(States.NONE)) {
      return INSERT;
    }
    int chance = random.nextInt(100);
    if (chance < DELETES) {
      return DELETE;
    }
    return chance < DELETES + REPLACES ? REPLACE : UPDATE;
  }

  /** As what this leaves a document, if it has that content. */
  String leaves(Contents.Content content) {
    return this == DELETE ? States.NONE : content.seen();
  }

  /** The word that the message of such a write carries. */
  String operation() {
    return name().toLowerCase(Locale.ROOT);
  }
}
