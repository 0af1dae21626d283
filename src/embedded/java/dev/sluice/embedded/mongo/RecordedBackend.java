package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;

/** The library's query and storage engine over {@link RecordedDatabase}s. */
final class RecordedBackend extends AbstractMongoBackend {

  private final ChangeRecorder recorder;

  RecordedBackend(ChangeRecorder recorder) {
    this.recorder = recorder;
  }

  @Override
  protected MongoDatabase openOrCreateDatabase(String name) {
    return new RecordedDatabase(name, getCursorRegistry(), recorder);
  }
}
