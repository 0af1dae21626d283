package dev.sluice.embedded.mongo;

import java.util.List;

/**
 * Where changes go besides memory, so that they outlive the process. Called under the storage lock,
 * after the change has its time.
 */
interface Journal extends AutoCloseable {

  /** Documents changed, and these entries say so. */
  void changed(List<RecordedChange> changes, List<OplogEntry> entries);

  /** Something else was logged; collections may have come, gone or changed. */
  void logged(OplogEntry entry, Storage storage);

  /** The log forgot all but its newest entry. */
  void rolled();

  /** Makes what was written durable as one consistent state. */
  void sync();

  @Override
  void close();

  /** Keeps nothing: a set in memory. */
  Journal NONE =
      new Journal() {
        @Override
        public void changed(List<RecordedChange> changes, List<OplogEntry> entries) {
          // memory only
        }

        @Override
        public void logged(OplogEntry entry, Storage storage) {
          // memory only
        }

        @Override
        public void rolled() {
          // memory only
        }

        @Override
        public void sync() {
          // memory only
        }

        @Override
        public void close() {
          // memory only
        }
      };
}
