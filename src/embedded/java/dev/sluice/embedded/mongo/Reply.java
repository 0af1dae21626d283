package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;

/**
 * What a command answers, as bytes.
 *
 * @param body the command's own fields, without cluster time
 * @param failed whether it is an error
 * @param streamed whether the client may expect another one to the same request
 */
record Reply(RawDocument body, boolean failed, boolean streamed) {

  static Reply of(Document body) {
    return new Reply(RawDocument.of(body), false, false);
  }
}
