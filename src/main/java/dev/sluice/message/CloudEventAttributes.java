package dev.sluice.message;

import dev.sluice.change.Namespace;
import dev.sluice.json.IsoDate;
import dev.sluice.json.Utf8Buffer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The attributes of a change as a CloudEvent (CloudEvents 1.0.2, 2 and 3.1), by name. Not
 * thread-safe.
 */
final class CloudEventAttributes {
  /** All headers have to fit one frame, 128 KiB at RabbitMQ, and an id has no limit of its own. */
  private static final int MAX_SUBJECT = 1024;

  private static final long MILLIS_PER_SECOND = 1000;

  private final String pipeline;
  private final Utf8Buffer text = new Utf8Buffer();

  /** Of the last event: those of one collection come behind one another. */
  private Namespace namespace;

  private String source;

  CloudEventAttributes(String pipeline) {
    this.pipeline = encoded(pipeline);
    this.source = source(null);
  }

  /** The subject is the id of the document, if it is a text as CloudEvents wants them. */
  Map<String, String> of(DocumentChange change) {
    Map<String, String> attributes =
        of(
            change.eventId().value(),
            change.origin().namespace(),
            change.operation().text(),
            change.clusterTime());
    if (mayBeSubject(change.id().text())) {
      attributes.put("subject", change.id().text());
    }
    return attributes;
  }

  Map<String, String> of(CollectionChange change) {
    return of(
        change.eventId().value(), change.namespace(), change.operation(), change.clusterTime());
  }

  private Map<String, String> of(String id, Namespace in, String operation, long clusterTime) {
    if (in != namespace) {
      source = source(in);
      namespace = in;
    }
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("specversion", "1.0");
    attributes.put("id", id);
    attributes.put("source", source);
    attributes.put("type", "dev.sluice." + operation);
    attributes.put("time", time(clusterTime >>> Integer.SIZE));
    return attributes;
  }

  private String time(long seconds) {
    text.reset();
    IsoDate.append(seconds * MILLIS_PER_SECOND, text);
    return text.toString();
  }

  /** A path: the pipeline, the database, the collection, as far as they are known. */
  private String source(Namespace in) {
    return "/"
        + pipeline
        + (in == null ? "" : "/" + encoded(in.database()))
        + (in == null || in.collection() == null ? "" : "/" + encoded(in.collection()));
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Not empty, and without control characters, lone surrogates and what is no character. */
  private static boolean mayBeSubject(String id) {
    return !id.isEmpty()
        && id.length() <= MAX_SUBJECT
        && id.codePoints().allMatch(CloudEventAttributes::isAllowed);
  }

  private static boolean isAllowed(int codePoint) {
    boolean isNoCharacter =
        (codePoint & 0xFFFE) == 0xFFFE || codePoint >= 0xFDD0 && codePoint <= 0xFDEF;
    return !isNoCharacter
        && !Character.isISOControl(codePoint)
        && Character.getType(codePoint) != Character.SURROGATE;
  }
}
