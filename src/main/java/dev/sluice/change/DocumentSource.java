package dev.sluice.change;

/** Where the document of a change comes from, as {@code metadata.documentSource} says it. */
public enum DocumentSource {
  /** The event itself: an insert and a replace have the document as they left it. */
  EVENT("event"),
  /** It was looked up when the event was read: it may be newer. */
  LOOKUP("lookup"),
  /** The server has kept it as the update left it. */
  POST_IMAGE("post_image"),
  /** The server has kept it, but for too short a time: there is none any more. */
  EXPIRED("expired"),
  /** A snapshot has read it. */
  SNAPSHOT("snapshot");

  private final String text;

  DocumentSource(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
