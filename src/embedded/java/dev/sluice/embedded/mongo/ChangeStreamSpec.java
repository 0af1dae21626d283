package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a {@code $changeStream} stage, checked as the chosen release checks them.
 *
 * @param start where to begin: a token, a time, or empty for now
 */
record ChangeStreamSpec(
    ImageMode fullDocument, ImageMode before, boolean expanded, Start start, boolean split) {

  private static final Set<String> SINCE_3_6 =
      Set.of(
          "fullDocument",
          "resumeAfter",
          "startAfter",
          "startAtOperationTime",
          "allChangesForCluster",
          "allowToRunOnConfigDB",
          "showMigrationEvents");
  private static final Set<String> SINCE_6_0 =
      Set.of(
          "fullDocumentBeforeChange",
          "showExpandedEvents",
          "showSystemEvents",
          "showRawUpdateDescription");

  /** How much of a document an event is to show. */
  enum ImageMode {
    OFF("off"),
    DEFAULT("default"),
    UPDATE_LOOKUP("updateLookup"),
    WHEN_AVAILABLE("whenAvailable"),
    REQUIRED("required");

    private final String text;

    ImageMode(String text) {
      this.text = text;
    }
  }

  /** Where a stream begins; at most one of the two is present. */
  record Start(Optional<ResumeToken> token, Optional<OpTime> time) {
    static final Start NOW = new Start(Optional.empty(), Optional.empty());
  }

  static ChangeStreamSpec parse(Document options, ServerVersion version, boolean split) {
    boolean modern = version.hasImagesAndExpandedEvents();
    for (String name : options.keySet()) {
      if (!SINCE_3_6.contains(name) && !(modern && SINCE_6_0.contains(name))) {
        throw ServerError.unknownField("$changeStream." + name);
      }
    }
    Set<ImageMode> forDocument =
        modern
            ? Set.of(
                ImageMode.DEFAULT,
                ImageMode.UPDATE_LOOKUP,
                ImageMode.WHEN_AVAILABLE,
                ImageMode.REQUIRED)
            : Set.of(ImageMode.DEFAULT, ImageMode.UPDATE_LOOKUP);
    Set<ImageMode> forBefore = Set.of(ImageMode.OFF, ImageMode.WHEN_AVAILABLE, ImageMode.REQUIRED);
    return new ChangeStreamSpec(
        mode(options, "fullDocument", forDocument, ImageMode.DEFAULT),
        mode(options, "fullDocumentBeforeChange", forBefore, ImageMode.OFF),
        Boolean.TRUE.equals(options.get("showExpandedEvents")),
        start(options, version),
        split);
  }

  private static ImageMode mode(
      Document options, String name, Set<ImageMode> allowed, ImageMode otherwise) {
    Object value = options.get(name);
    if (value == null) {
      return otherwise;
    }
    return allowed.stream()
        .filter(mode -> mode.text.equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                ServerError.badValue(
                    "Enumeration value '"
                        + value
                        + "' for field '$changeStream."
                        + name
                        + "' is not a valid value."));
  }

  /** Newer releases were not seen to answer 15 (Overflow) to a token that was cut off. */
  private static ResumeToken token(Document value, ServerVersion version) {
    try {
      return ResumeToken.parse(value);
    } catch (ServerError refused) {
      throw refused.code() == 15 && version.hasModernErrors()
          ? ServerError.failedToParse("resume token string is too short")
          : refused;
    }
  }

  private static Start start(Document options, ServerVersion version) {
    List<String> given =
        List.of("resumeAfter", "startAfter", "startAtOperationTime").stream()
            .filter(name -> options.get(name) != null)
            .toList();
    if (given.size() > 1) {
      throw ServerError.location(
          40674, "Only one type of resume option is allowed, but multiple were found.");
    }
    if (given.isEmpty()) {
      return Start.NOW;
    }
    String name = given.get(0);
    Object value = options.get(name);
    if (name.equals("startAtOperationTime")) {
      if (!(value instanceof BsonTimestamp timestamp)) {
        throw ServerError.typeMismatch(
            "BSON field '$changeStream.startAtOperationTime' is the wrong type,"
                + " expected type 'timestamp'");
      }
      return new Start(Optional.empty(), Optional.of(OpTime.of(timestamp)));
    }
    if (!(value instanceof Map)) {
      throw ServerError.typeMismatch(
          "BSON field '$changeStream." + name + "' is the wrong type, expected type 'object'");
    }
    ResumeToken token = token((Document) value, version);
    if (name.equals("resumeAfter") && token.position().invalidate()) {
      throw new ServerError(
          260,
          "InvalidResumeToken",
          "Attempting to resume a change stream using 'resumeAfter' is not allowed from an"
              + " invalidate notification.");
    }
    return new Start(Optional.of(token), Optional.empty());
  }
}
