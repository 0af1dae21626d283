package dev.sluice.config;

/** Which headers of Sluice's own a message has; what others ask for comes in addition. */
public enum Headers {
  /** All that routing and filtering may want. */
  ALL,

  /**
   * What tells which document it is and which of its changes: {@code id}, {@code idType} and {@code
   * position}, and {@code replaced}. The operation is the property {@code type} as well.
   */
  MINIMAL,

  /** Nothing but the properties. */
  NONE
}
