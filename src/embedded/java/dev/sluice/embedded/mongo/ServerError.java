package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;

/** An error a server answers with: code, name and text. */
final class ServerError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String codeName;

  ServerError(int code, String codeName, String message) {
    super(message);
    this.code = code;
    this.codeName = codeName;
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

  /** One element of {@code writeErrors}. */
  Document asWriteError(int index) {
    return new Document("index", index).append("code", code).append("errmsg", getMessage());
  }
}
