package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One command being carried out: the request, and the connection of which node it came on. */
record Invocation(Connection connection, ReplicaSetNode node, Request request) {

  Document body() {
    return request.body();
  }

  String command() {
    return request.command();
  }

  String database() {
    return request.database();
  }

  /** The collection that the command's first field names. */
  Namespace namespace() {
    Object value = body().get(command());
    if (!(value instanceof String name)) {
      throw new ServerError(
          73, "InvalidNamespace", "collection name has invalid type " + nameOf(value));
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new ServerError(
          73, "InvalidNamespace", "Invalid namespace specified '" + database() + "." + name + "'");
    }
    return new Namespace(database(), name);
  }

  Document document(String field, Document otherwise) {
    Object value = body().get(field);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Document document) {
      return document;
    }
    throw wrongType(field, value, "object");
  }

  int integer(String field, int otherwise) {
    Object value = body().get(field);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number) {
      return number.intValue();
    }
    throw wrongType(field, value, "int");
  }

  boolean flag(String field, boolean otherwise) {
    Object value = body().get(field);
    if (value instanceof Boolean bool) {
      return bool;
    }
    return value instanceof Number number ? number.doubleValue() != 0 : otherwise;
  }

  String text(String field) {
    if (body().get(field) instanceof String text) {
      return text;
    }
    throw wrongType(field, body().get(field), "string");
  }

  List<?> list(String field) {
    if (body().get(field) instanceof List<?> list) {
      return list;
    }
    throw wrongType(field, body().get(field), "array");
  }

  ServerError wrongType(String field, Object value, String expected) {
    return ServerError.typeMismatch(
        "BSON field '"
            + command()
            + "."
            + field
            + "' is the wrong type '"
            + nameOf(value)
            + "', expected type '"
            + expected
            + "'");
  }

  private static String nameOf(Object value) {
    if (value == null) {
      return "missing";
    } else if (value instanceof Map) {
      return "object";
    } else if (value instanceof List) {
      return "array";
    } else if (value instanceof String) {
      return "string";
    } else if (value instanceof Integer) {
      return "int";
    } else if (value instanceof Long) {
      return "long";
    }
    return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
