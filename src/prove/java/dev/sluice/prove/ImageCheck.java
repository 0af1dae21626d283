package dev.sluice.prove;

import java.util.Optional;

/**
 * Whether a message shows the document as the write found it and left it. As each write finds what
 * the one before it left, this holds the whole chain of a document's images together.
 */
final class ImageCheck {
  private ImageCheck() {}

  static void check(AttemptedWrite write, Arrival message, Terms terms, Findings findings) {
    if (message.event().position().isEmpty()) {
      // Parked, which is as good as a message can be that is too large.
      return;
    }
    Arrival.Images shown = message.event().images();
    States states = write.states();
    compare("before", shown.before(), states.before(), terms.images(), write, findings);
    boolean mustShow = terms.images() || write.kind() != WriteKind.UPDATE;
    compare("document", shown.after(), states.after(), mustShow, write, findings);
  }

  private static void compare(
      String field,
      Optional<String> shown,
      String state,
      boolean mustShow,
      AttemptedWrite write,
      Findings findings) {
    boolean isThere = !state.equals(States.NONE);
    if (shown.isPresent() && !shown.get().equals(state)) {
      findings.add(
          Offence.WRONG_IMAGE,
          isThere ? "the %s of %s is not that state" : "the %s of %s is there, and nothing was",
          field,
          write);
    } else if (shown.isEmpty() && isThere && mustShow) {
      findings.add(Offence.WRONG_IMAGE, "the %s of %s is missing", field, write);
    }
  }
}
