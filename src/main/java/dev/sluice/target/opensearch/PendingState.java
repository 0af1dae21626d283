package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A state on its way into an index, and what has been learnt of its document there. */
final class PendingState {
  /** How much of a document that was refused goes along the next time. */
  private enum Fit {
    ALL,
    /** Without what contradicts the mapping. */
    WITHOUT_MISFITS,
    /** Without what the mapping does not know as well: it may be full. */
    KNOWN_ONLY
  }

  private final State state;
  private boolean known;
  private String storedPosition = "";
  private BulkRequest.Version version;
  private Fit fit = Fit.ALL;
  private List<String> leftOut = List.of();
  private boolean done;

  PendingState(State state) {
    this.state = state;
    this.known = state.likelyFirst();
  }

  State state() {
    return state;
  }

  /** Whether there is a guess or better of what is stored. */
  boolean isKnown() {
    return known;
  }

  /** What a lookup said of it. */
  void found(JsonNode stored) {
    known = true;
    boolean there = stored.path("found").asBoolean();
    version = there ? BulkRequest.Version.of(stored) : null;
    storedPosition = stored.path("_source").path(State.OURS).path(State.POSITION).asText();
  }

  /** Whether what is stored is as new. */
  boolean isOld() {
    return storedPosition.compareTo(state.position()) >= 0;
  }

  boolean mustFit() {
    return fit != Fit.ALL;
  }

  /**
   * What is to be stored.
   *
   * @param properties of the mapping; null if nothing must fit it
   */
  byte[] source(JsonNode properties) {
    ObjectNode source =
        state.document() == null
            ? JsonNodeFactory.instance.objectNode()
            : SearchableFields.of(state.document());
    ObjectNode ours = state.ours();
    if (mustFit()) {
      leftOut = MappingFit.fit(source, properties, fit == Fit.KNOWN_ONLY);
      leftOut.forEach(ours.withArray("leftOut")::add);
    }
    source.set(State.OURS, ours);
    return Trees.bytes(source);
  }

  void addTo(BulkRequest request, byte[] source) {
    if (version == null) {
      request.create(state.indexId(), source);
    } else {
      request.replace(state.indexId(), version, source);
    }
  }

  /** Somebody else has written the document since. */
  void conflicted() {
    known = false;
  }

  /** False if nothing more can be left out. */
  boolean fitCloser() {
    if (fit == Fit.KNOWN_ONLY || state.document() == null) {
      return false;
    }
    fit = Fit.values()[fit.ordinal() + 1];
    return true;
  }

  void written() {
    done = true;
  }

  boolean isDone() {
    return done;
  }

  /** The paths of what is not searched. */
  List<String> leftOut() {
    return leftOut;
  }
}
