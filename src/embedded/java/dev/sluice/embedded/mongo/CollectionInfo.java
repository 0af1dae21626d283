package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.UUID;

/**
 * What is known of a collection besides its documents.
 *
 * @param uuid kept through a rename
 * @param options as given to {@code create} and {@code collMod}
 */
record CollectionInfo(UUID uuid, Document options) {

  boolean recordsImages() {
    return options.get("changeStreamPreAndPostImages") instanceof Document images
        && Boolean.TRUE.equals(images.get("enabled"));
  }
}
