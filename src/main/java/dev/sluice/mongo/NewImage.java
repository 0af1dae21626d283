package dev.sluice.mongo;

/** Where the document behind an update comes from. */
enum NewImage {
  /** An update carries none. */
  NONE,
  /** The server looks it up when the event is read, and may find a newer one. */
  LOOKUP,
  /** The server has kept it as the update left it. */
  POST_IMAGE
}
