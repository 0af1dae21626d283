package dev.sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * What may be the name of something at the servers: what else is one would be refused there, or be
 * taken and never be heard of again. Each method gives the rest of a sentence, or nothing.
 */
final class Names {
  /** AMQP short strings, such as a queue's name, end there (AMQP 0-9-1, 4.2.5.3). */
  static final int SHORT_STRING_BYTES = 255;

  /** MongoDB manual, limits and thresholds: fewer than 64 bytes. */
  private static final int DATABASE_BYTES = 63;

  /** The same: database, dot and collection, from MongoDB 4.4 on; before, 120. */
  private static final int NAMESPACE_BYTES = 255;

  /** The same: for MongoDB on Unix; on Windows these and some more, which the server tells. */
  private static final String NOT_IN_A_DATABASE = "/\\. \"$";

  private static final Set<String> OF_MONGODB = Set.of("admin", "local", "config");

  /** Where positions are kept; watched, each of them would be an event and be saved again. */
  private static final String OF_SLUICE = "sluice";

  /** The one exchange of RabbitMQ's own that is a durable topic exchange and for everybody. */
  private static final String TOPIC_OF_RABBITMQ = "amq.topic";

  private Names() {}

  static Optional<String> problemOfDatabase(String name) {
    if (bytes(name) > DATABASE_BYTES) {
      return tooLong(DATABASE_BYTES, "MongoDB's limit for the name of a database");
    }
    if (OF_MONGODB.contains(name)) {
      return Optional.of("is " + name + ", which is MongoDB's own and cannot be watched");
    }
    if (name.equals(OF_SLUICE)) {
      return Optional.of(
          "is " + name + ", where positions are kept: each save would be a change to be saved");
    }
    Optional<String> control = control(name);
    return control.isPresent()
        ? control
        : name.chars()
            .filter(c -> NOT_IN_A_DATABASE.indexOf(c) >= 0)
            .mapToObj(c -> "has a \"" + (char) c + "\", which no database of MongoDB can have")
            .findFirst();
  }

  static Optional<String> problemOfCollection(String name) {
    if (name.startsWith("system.") || name.contains(".system.")) {
      return Optional.of("names a collection of MongoDB's own (system.), which cannot be watched");
    }
    if (name.contains("$")) {
      return Optional.of("has a \"$\", which no collection of MongoDB can have");
    }
    if (name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
      return Optional.of(
          "has a dot at an end or two in a row, which no collection of MongoDB can have");
    }
    return name.indexOf('\0') < 0
        ? Optional.empty()
        : Optional.of("has a NUL, which no collection of MongoDB can have");
  }

  static Optional<String> problemOfNamespace(String database, String collection) {
    return bytes(database) + 1 + bytes(collection) <= NAMESPACE_BYTES
        ? Optional.empty()
        : tooLong(
            NAMESPACE_BYTES, "MongoDB's limit for database and collection with the dot between");
  }

  static Optional<String> problemOfQueue(String name) {
    int most = SHORT_STRING_BYTES - bytes(RabbitSettings.PARKED);
    if (bytes(name) > most) {
      return tooLong(
          most,
          "which is AMQP's limit of "
              + SHORT_STRING_BYTES
              + " less "
              + bytes(RabbitSettings.PARKED)
              + " for \""
              + RabbitSettings.PARKED
              + "\", in which the name of the parking queue ends");
    }
    return problemOfRoutesQueue(name);
  }

  /** Of a queue that has no parking queue of its own. */
  static Optional<String> problemOfRoutesQueue(String name) {
    return name.startsWith("amq.") ? reserved("queues", "") : problemOfShortString(name);
  }

  static Optional<String> problemOfExchange(String name) {
    return name.startsWith("amq.") && !name.equals(TOPIC_OF_RABBITMQ)
        ? reserved("exchanges", " (" + TOPIC_OF_RABBITMQ + " can be used)")
        : problemOfShortString(name);
  }

  static Optional<String> problemOfShortString(String name) {
    return bytes(name) > SHORT_STRING_BYTES
        ? tooLong(SHORT_STRING_BYTES, "AMQP's limit for a name")
        : control(name);
  }

  private static Optional<String> reserved(String what, String but) {
    return Optional.of(
        "begins with amq., which RabbitMQ reserves for its own " + what + but + ": choose another");
  }

  private static Optional<String> tooLong(int most, String reason) {
    return Optional.of("is longer than " + most + " bytes, " + reason);
  }

  /** RabbitMQ leaves line ends out of a name without a word, and nobody sees the others. */
  private static Optional<String> control(String name) {
    return name.chars().anyMatch(c -> c < ' ' || c == 127)
        ? Optional.of("has a line end or another control character in it: remove it")
        : Optional.empty();
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
