package dev.sluice.consume;

import dev.sluice.change.Namespace;
import dev.sluice.consume.AskedSnapshots.Asked;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot that a rebuild waits for: asks the pipeline for it, and says now and then how far it
 * is. Begun, counted and ended by the consumer's thread; {@link #look} is for any.
 */
final class RebuildSnapshot {
  private static final Logger log = LoggerFactory.getLogger(RebuildSnapshot.class);

  /** With a look each ten seconds, how far it is is said each minute. */
  private static final int LOOKS_A_LINE = 6;

  private final AskedSnapshots snapshots;

  /** The snapshot and its collections as long as one is under way. */
  private record UnderWay(String request, List<Namespace> collections) {}

  /** Null as long as none is. */
  private volatile UnderWay underWay;

  /** Why there is nothing to wait for; null as long as there is. */
  private volatile String inVain;

  private volatile long documents;

  private int looks;

  RebuildSnapshot(AskedSnapshots snapshots) {
    this.snapshots = snapshots;
  }

  /** Those that the pipeline watches, and so can take a snapshot of. */
  List<Namespace> watched(List<Namespace> collections) {
    List<Namespace> watched = new ArrayList<>();
    for (Namespace each : collections) {
      if (snapshots.isWatched(each)) {
        watched.add(each);
      } else {
        log.warn("{} is not rebuilt: the pipeline does not watch it", each);
      }
    }
    return watched;
  }

  /**
   * A name for one that was never asked for.
   *
   * @throws PipelineException if the pipeline cannot be asked
   */
  String newRequest() {
    String request = snapshots.newId();
    try {
      // Before anything is made for it: whether MongoDB is there at all.
      snapshots.find(request);
    } catch (PipelineException failure) {
      throw notAsked(failure);
    }
    return request;
  }

  /**
   * Asks for it, unless it was asked for.
   *
   * @param again whether it was begun before, by this process or another: then a failure to ask is
   *     left to the first look
   * @throws PipelineException if the pipeline cannot be asked
   */
  void ask(String request, List<Namespace> collections, boolean again) {
    inVain = null;
    try {
      askUnlessAsked(new UnderWay(request, collections));
    } catch (PipelineException failure) {
      if (!again) {
        throw notAsked(failure);
      }
      log.warn("The snapshot {} is asked for at the next look: {}", request, failure.getMessage());
    }
  }

  /** There is something beside that it fills: from now on it is looked at. */
  void begin(String request, List<Namespace> collections, boolean again) {
    documents = again ? documents : 0;
    underWay = new UnderWay(request, collections);
    log.info(
        "{} the rebuild of {}, by the snapshot {}; the live one is kept in step meanwhile",
        again ? "Going on with" : "Beginning",
        collections,
        request);
  }

  private static PipelineException notAsked(PipelineException failure) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "For --rebuild the pipeline is asked for a snapshot through MongoDB, and that failed: "
            + failure.getMessage(),
        failure);
  }

  /** Looks what has become of it, and says now and then how far all is. Does not throw. */
  void look() {
    UnderWay now = underWay;
    if (now == null) {
      return;
    }
    String answer;
    try {
      answer = askUnlessAsked(now);
    } catch (PipelineException failure) {
      answer = "not known, as " + failure.getMessage();
    }
    looks++;
    if (looks % LOOKS_A_LINE == 0 && underWay == now) {
      log.info(
          "Rebuilding: {} documents and changes are applied beside; of the snapshot {} the pipeline"
              + " says: {}",
          documents,
          now.request(),
          answer);
    }
  }

  /**
   * @return what the pipeline says
   */
  private String askUnlessAsked(UnderWay now) {
    Optional<Asked> asked = snapshots.find(now.request());
    if (asked.isEmpty()) {
      snapshots.ask(now.request(), now.collections());
      return "asked for";
    }
    if (asked.get().isVoid() && inVain == null) {
      inVain = "the pipeline has not begun the snapshot: " + asked.get().answer();
      log.warn("The rebuild ends without having been: {}. The target goes on as it is", inVain);
    }
    return asked.get().answer();
  }

  /** Whether nothing of it will come. */
  boolean isInVain() {
    return inVain != null;
  }

  /** What it is asked for by; to be asked only while it is under way. */
  String request() {
    return underWay.request();
  }

  /** Those that it is of; to be asked only while it is under way. */
  List<Namespace> collections() {
    return underWay.collections();
  }

  /** It is of these only from now on. */
  void narrowTo(List<Namespace> collections) {
    underWay = new UnderWay(request(), collections);
  }

  /** So many documents and changes more are applied beside. */
  void count(int applied) {
    documents += applied;
  }

  /** How many documents and changes are applied beside. */
  long documents() {
    return documents;
  }

  /** Nobody waits for it any more. */
  void end() {
    underWay = null;
  }
}
