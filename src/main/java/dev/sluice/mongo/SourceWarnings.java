package dev.sluice.mongo;

import dev.sluice.change.ChangeEvent;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once in a process's life what about its server weakens what is promised. Called on the
 * driver's threads.
 */
final class SourceWarnings {
  private static final Logger log = LoggerFactory.getLogger(SourceWarnings.class);

  private final AtomicBoolean dangerSaid = new AtomicBoolean();
  private final AtomicBoolean tokenSaid = new AtomicBoolean();

  /**
   * @param lookup whether the stream asks for looked-up documents
   */
  void check(ServerVersion version, boolean lookup) {
    if (lookup && version.isDangerousWithLookup() && dangerSaid.compareAndSet(false, true)) {
      danger(version).ifPresent(log::warn);
    }
  }

  /** What looked-up documents risk there, as a sentence without its point; empty for nothing. */
  static Optional<String> danger(ServerVersion version) {
    return version.isDangerousWithLookup()
        ? Optional.of(
            "MongoDB "
                + version
                + " may end a change stream with looked-up documents, or give wrong documents"
                + " without an error (SERVER-134970, SERVER-134952): upgrade it to 9.0.2 or later,"
                + " or set SLUICE_UPDATE_LOOKUP=false")
        : Optional.empty();
  }

  void check(ChangeEvent event) {
    if (!event.isOrderKnown() && tokenSaid.compareAndSet(false, true)) {
      log.warn(
          "The resume tokens of this server have a form that is not known, so the index in"
              + " metadata.position is 0: changes of one document in one transaction have the same"
              + " position");
    }
  }
}
