package dev.sluice.mongo;

import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;

/** The version of the server, as far as it decides what can be asked of it. */
record ServerVersion(int major, int minor, int patch) {
  /** From the reply to {@code buildInfo}. */
  static ServerVersion of(BsonDocument buildInfo) {
    BsonArray numbers = buildInfo.getArray("versionArray");
    return new ServerVersion(number(numbers, 0), number(numbers, 1), number(numbers, 2));
  }

  private static int number(BsonArray numbers, int index) {
    return numbers.get(index).asNumber().intValue();
  }

  /** Whether it reads as of one moment outside of transactions: from 5.0 on. */
  boolean readsAtATime() {
    return major >= 5;
  }

  /** Whether it keeps documents as they were before and after a change: from 6.0 on. */
  boolean keepsImages() {
    return major >= 6;
  }

  /**
   * Whether streams with looked-up documents may end there, or give wrong documents: 9.0.2 switched
   * off what causes it (SERVER-134970, SERVER-134952).
   */
  boolean isDangerousWithLookup() {
    return major == 9 && minor == 0 && patch < 2;
  }

  /** What later ones have that Sluice would use, each as the rest of "it does not". */
  List<String> lacks() {
    List<String> lacks = new ArrayList<>();
    if (!readsAtATime()) {
      lacks.add("read as of one moment outside of transactions, as a snapshot likes to (5.0)");
    }
    if (!keepsImages()) {
      lacks.add("keep images of documents, so updates are looked up and may be newer (6.0)");
    }
    if (!splitsLargeEvents()) {
      lacks.add("split events of more than 16 MB, which are handled by SLUICE_ON_POISON (6.0.9)");
    }
    return lacks;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }

  /** Whether it has {@code $changeStreamSplitLargeEvent}: from 7.0 on, and in 6.0 from 6.0.9 on. */
  boolean splitsLargeEvents() {
    return major > 6 || major == 6 && minor == 0 && patch >= 9;
  }
}
