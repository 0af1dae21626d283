package dev.sluice.config;

import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is captured.
 *
 * @param pipeline the name under which the position is kept
 * @param partition which of the documents; the pipeline's name tells it from the others'
 * @param scope the collections that are watched
 * @param operations which of insert, update, replace and delete are published
 * @param expandedEvents whether what is done to a collection itself (created, indexed, changed) is
 *     published as well; MongoDB 6.0 on
 * @param match a condition in JSON that changes of documents must meet, by the server; empty for
 *     none
 * @param stages further stages of the server's pipeline, as a JSON array; empty for none
 * @param view what of a document a change carries
 * @param enableImages whether MongoDB is told to keep the images that the view needs
 * @param updateLookup whether an update carries the document, by an image where there is one, else
 *     as it is when the event is read; only where the view has new images
 * @param batchSize how many events the server puts into one reply at the most
 * @param transactionMarkers whether the end of each transaction is told as well
 */
public record CaptureSettings(
    String pipeline,
    Partition partition,
    Scope scope,
    Set<String> operations,
    boolean expandedEvents,
    String match,
    String stages,
    View view,
    boolean enableImages,
    boolean updateLookup,
    int batchSize,
    boolean transactionMarkers) {
  /** What can be done to a document. */
  static final Set<String> EVERY_OPERATION = Set.of("insert", "update", "replace", "delete");

  /**
   * What may have another value whenever MongoDB is asked (manual: Aggregation Variables, $rand,
   * $function), or may be the name of such a thing, written with escapes.
   */
  private static final Pattern CHANGING =
      Pattern.compile(
          "\\$\\$NOW|\\$\\$CLUSTER_TIME|\\$\\$USER_ROLES|\\$rand|\\$sampleRate|\\$function"
              + "|\\$accumulator|\\$where|\\\\u");

  public CaptureSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(match, "match");
    Objects.requireNonNull(stages, "stages");
    Objects.requireNonNull(view, "view");
    operations = Set.copyOf(operations);
  }

  /**
   * What of MongoDB's log is selected, for people. A token resumes a stream only as long as this is
   * the same; under another selection the stream begins at the token's time (manual: Change
   * Streams, Resume a Change Stream).
   */
  public String selection() {
    String selection = scope.toString();
    if (!operations.equals(EVERY_OPERATION)) {
      selection += " (" + String.join(", ", operations.stream().sorted().toList()) + " only)";
    }
    if (expandedEvents) {
      selection += " with expanded events";
    }
    if (!match.isEmpty()) {
      selection += " matching " + match;
    }
    return stages.isEmpty() ? selection : selection + " by stages " + stages.strip();
  }

  /**
   * Whether the same events come again whenever they are read from a position: not where a
   * condition is asked of what MongoDB looks up beside an event, which may be another by then, or
   * of the time or of chance, and not where the ends of transactions are told between them.
   */
  public boolean isRepeatable() {
    boolean looksUp = view.hasNewImage() && updateLookup || view.hasOldImage();
    boolean asks = !match.isEmpty() || !stages.isEmpty();
    boolean wavers = CHANGING.matcher(match + stages).find();
    return !transactionMarkers && !wavers && !(asks && looksUp);
  }
}
