package dev.sluice.config;

/** What of a document a change carries, named as DynamoDB Streams names its four views. */
public enum View {
  /** Which document was changed and how it was called: no content. */
  KEYS_ONLY(false, false),
  /** The document behind the change, and what an update changed. */
  NEW_IMAGE(true, false),
  /** The document before the change. */
  OLD_IMAGE(false, true),
  NEW_AND_OLD_IMAGES(true, true);

  private final boolean newImage;
  private final boolean oldImage;

  View(boolean newImage, boolean oldImage) {
    this.newImage = newImage;
    this.oldImage = oldImage;
  }

  /** Whether it holds the document behind the change. */
  public boolean hasNewImage() {
    return newImage;
  }

  /** Whether it holds the document before the change. */
  public boolean hasOldImage() {
    return oldImage;
  }
}
