package dev.sluice.message;

import dev.sluice.change.Namespace;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.change.SnapshotNotice.Kind;
import dev.sluice.json.Utf8Buffer;

/** What is told of a snapshot, as JSON. */
final class SnapshotText {
  private SnapshotText() {}

  static void write(SnapshotNotice notice, Utf8Buffer out) {
    out.appendAscii("{\"id\": ");
    out.appendJsonString(notice.snapshot());
    out.appendAscii(", \"namespaces\": [");
    String before = "";
    for (Namespace namespace : notice.namespaces()) {
      out.appendAscii(before);
      out.appendJsonString(namespace.toString());
      before = ", ";
    }
    out.appendAscii("], \"from\": \"");
    out.appendAscii(notice.from().text());
    out.appendAscii(notice.filtered() ? "\", \"filtered\": true" : "\", \"filtered\": false");
    if (notice.kind() != Kind.STARTED) {
      out.appendAscii(", \"documents\": ");
      out.appendDecimal(notice.documents());
      out.appendAscii(", \"leftOut\": ");
      out.appendDecimal(notice.leftOut());
    }
    if (notice.reason().isPresent()) {
      out.appendAscii(", \"reason\": ");
      out.appendJsonString(notice.reason().get());
    }
    out.append('}');
  }
}
