package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;

/** An error a server answers with: code, name, text, and labels for the driver. */
final class ServerError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String codeName;
  private final transient List<String> labels;

  ServerError(int code, String codeName, String message) {
    this(code, codeName, message, List.of());
  }

  ServerError(int code, String codeName, String message, List<String> labels) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    this.labels = List.copyOf(labels);
  }

  /** An assertion without a name of its own, as in "Location40415". */
  static ServerError location(int code, String message) {
    return new ServerError(code, "Location" + code, message);
  }

  static ServerError failedToParse(String message) {
    return new ServerError(9, "FailedToParse", message);
  }

  static ServerError typeMismatch(String message) {
    return new ServerError(14, "TypeMismatch", message);
  }

  static ServerError badValue(String message) {
    return new ServerError(2, "BadValue", message);
  }

  static ServerError cursorNotFound(long id) {
    return new ServerError(43, "CursorNotFound", "cursor id " + id + " not found");
  }

  static ServerError unknownField(String path) {
    return location(40415, "BSON field '" + path + "' is an unknown field.");
  }

  int code() {
    return code;
  }

  String codeName() {
    return codeName;
  }

  List<String> labels() {
    return labels;
  }

  /** One element of {@code writeErrors}. */
  Document asWriteError(int index) {
    return new Document("index", index).append("code", code).append("errmsg", getMessage());
  }
}
