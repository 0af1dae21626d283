package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.json.Utf8Buffer;
import dev.sluice.route.Routes;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where an event comes from, with all that follows from it alone: made once for the many events of
 * one collection that come behind one another. Not thread-safe.
 */
final class Origin {
  private final byte[] bson;
  private final Namespace namespace;
  private final byte[] names;
  private final Map<Operation, Address> addresses = new EnumMap<>(Operation.class);

  private Origin(byte[] bson, Namespace namespace) {
    this.bson = bson;
    this.namespace = namespace;
    Utf8Buffer json = new Utf8Buffer();
    writeNames(namespace.database(), namespace.collection(), json);
    this.names = json.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the event does not name its collection
   */
  static Origin of(ChangeEvent event) {
    Namespace namespace = event.namespace();
    EnvelopeEncoder.require(
        namespace != null && namespace.collection() != null, "a collection", event);
    int from = event.offset(Field.NAMESPACE);
    return new Origin(Arrays.copyOfRange(event.bytes(), from, end(event, from)), namespace);
  }

  private static int end(ChangeEvent event, int from) {
    return BsonBytes.documentEnd(event.bytes(), from, event.bytes().length);
  }

  /** Whether the event comes from here as well. */
  boolean isOf(ChangeEvent event) {
    int from = event.offset(Field.NAMESPACE);
    return from >= 0 && Arrays.equals(bson, 0, bson.length, event.bytes(), from, end(event, from));
  }

  Namespace namespace() {
    return namespace;
  }

  /** The names of the database and the collection as fields of a JSON object. */
  byte[] names() {
    return names;
  }

  /** Of all its events of such an operation. */
  Address address(Operation operation, Routes routes) {
    return addresses.computeIfAbsent(operation, of -> Address.of(namespace, of.text(), routes));
  }

  static void writeNames(String database, String collection, Utf8Buffer out) {
    out.appendAscii("\"database\": ");
    writeName(database, out);
    out.appendAscii(", \"collection\": ");
    writeName(collection, out);
  }

  /**
   * @param name null for none
   */
  static void writeName(String name, Utf8Buffer out) {
    if (name == null) {
      out.appendAscii("null");
    } else {
      out.appendJsonString(name);
    }
  }
}
