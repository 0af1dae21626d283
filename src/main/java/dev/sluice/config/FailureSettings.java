package dev.sluice.config;

import java.util.Objects;

/** What is done about failures that only the operator can decide on. */
public record FailureSettings(
    OnPositionLost onPositionLost, OnUnroutable onUnroutable, OnPoison onPoison) {
  /** MongoDB no longer has the changes behind the position. */
  public enum OnPositionLost {
    /** End, and say what is missing. */
    STOP,
    /** Publish an event that tells of the gap, and go on with what is still there. */
    GAP,
    /** The same, and read all documents anew beside it. */
    RESNAPSHOT
  }

  /** No queue takes a message. */
  public enum OnUnroutable {
    STOP,
    /** Declare the queue again and publish once more. */
    RETRY,
    /** Put it into the parking queue. */
    PARK
  }

  /** An event cannot be published, and never will as it is. */
  public enum OnPoison {
    STOP,
    /** Put it into the parking queue. */
    PARK
  }

  public FailureSettings {
    Objects.requireNonNull(onPositionLost, "onPositionLost");
    Objects.requireNonNull(onUnroutable, "onUnroutable");
    Objects.requireNonNull(onPoison, "onPoison");
  }

  /** Whether anything can come to be parked. */
  public boolean mayPark() {
    return onUnroutable == OnUnroutable.PARK || onPoison == OnPoison.PARK;
  }
}
