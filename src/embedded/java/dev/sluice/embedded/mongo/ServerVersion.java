package dev.sluice.embedded.mongo;

import java.util.List;

/** A MongoDB release that the embedded set can pass for, with what that release has and lacks. */
public enum ServerVersion {
  V4_2(List.of(4, 2, 0), 8),
  V6_0(List.of(6, 0, 0), 17),
  V7_0(List.of(7, 0, 0), 21),
  V8_0(List.of(8, 0, 0), 25);

  private final List<Integer> parts;
  private final int wireVersion;

  ServerVersion(List<Integer> parts, int wireVersion) {
    this.parts = parts;
    this.wireVersion = wireVersion;
  }

  /** The {@code maxWireVersion} of {@code hello}. */
  public int wireVersion() {
    return wireVersion;
  }

  String text() {
    return parts.get(0) + "." + parts.get(1) + "." + parts.get(2);
  }

  List<Integer> versionArray() {
    return List.of(parts.get(0), parts.get(1), parts.get(2), 0);
  }

  /** {@code hello}, {@code topologyVersion} and exhaust replies came with 4.4. */
  boolean streamsHello() {
    return this != V4_2;
  }

  /** "NotWritablePrimary" and 286 for an aged start time replaced older names with 4.4 and 5.0. */
  boolean hasModernErrors() {
    return this != V4_2;
  }

  /** Updates are logged as a delta from 5.0 on, an update by pipeline included. */
  boolean logsDeltas() {
    return this != V4_2;
  }

  /** {@code readConcern: snapshot} outside a transaction came with 5.0. */
  boolean readsSnapshots() {
    return this != V4_2;
  }

  /** A read in the past sees the collections of then from 7.0 on; before, it was refused (246). */
  boolean remembersCollections() {
    return compareTo(V7_0) >= 0;
  }

  /** {@code wallTime}, images and expanded events came with 6.0. */
  boolean hasImagesAndExpandedEvents() {
    return this != V4_2;
  }

  /** {@code $changeStreamSplitLargeEvent} and {@code disambiguatedPaths}: 7.0 (and late 6.0). */
  boolean splitsLargeEvents() {
    return compareTo(V7_0) >= 0;
  }

  /** Version of the resume token's layout: the operation type is part of it from 7.0 on. */
  int resumeTokenVersion() {
    return compareTo(V7_0) >= 0 ? 2 : 1;
  }

  /** {@code nsType} in a {@code create} event came with 8.0. */
  boolean namesCollectionTypes() {
    return this == V8_0;
  }
}
