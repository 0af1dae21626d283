package dev.sluice.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every key that can be set, with its default. {@code .env.example} and docs/SETTINGS.md list
 * exactly these; a test sees to it.
 */
public enum SettingKey {
  MONGO_DATABASE_HOST(
      "mongodb://localhost:30001,localhost:30002,localhost:30003/?replicaSet=my-replica-set"),
  MONGO_DATABASE_HOST_FILE(""),
  MONGO_DATABASE_NAME("scrabble"),
  MONGO_DATABASE_TLS_CA_FILE(""),
  MONGO_DATABASE_TLS_CERT_FILE(""),
  MONGO_DATABASE_TLS_KEY_FILE(""),
  RABBITMQ_HOST("localhost"),
  RABBITMQ_PORT("5673"),
  RABBITMQ_DEFAULT_USERNAME("guest"),
  RABBITMQ_DEFAULT_PASSWORD("guest"),
  RABBITMQ_DEFAULT_PASSWORD_FILE(""),
  RABBITMQ_VIRTUAL_HOST("/"),
  /** Stands for the six above when it is not empty. */
  RABBITMQ_URI(""),
  RABBITMQ_URI_FILE(""),
  RABBITMQ_TLS_CA_FILE(""),
  RABBITMQ_TLS_CERT_FILE(""),
  RABBITMQ_TLS_KEY_FILE(""),
  SLUICE_COLLECTION("scrabble"),
  /** Stands for MONGO_DATABASE_NAME and SLUICE_COLLECTION when it is not empty. */
  SLUICE_NAMESPACES(""),
  SLUICE_EXCLUDE(""),
  SLUICE_PIPELINE("scrabble-cdc"),
  SLUICE_PARTITION(""),
  SLUICE_OPERATIONS("insert,update,replace,delete"),
  SLUICE_EXPANDED_EVENTS("false"),
  SLUICE_MATCH(""),
  SLUICE_STAGES_FILE(""),
  SLUICE_VIEW("NEW_IMAGE"),
  SLUICE_ENABLE_IMAGES("false"),
  SLUICE_UPDATE_LOOKUP("true"),
  /** Where the steps of throughput end: a bigger reply only takes more memory. */
  SLUICE_BATCH_SIZE("500"),
  SLUICE_TRANSACTION_MARKERS("false"),
  SLUICE_SNAPSHOT("never"),
  /** Small enough that a change waits for it some hundredths of a second only. */
  SLUICE_SNAPSHOT_CHUNK("1000"),
  /** One is read while the other is published. */
  SLUICE_SNAPSHOT_PARALLEL("2"),
  SLUICE_SNAPSHOT_MATCH(""),
  SLUICE_FIELDS_INCLUDE(""),
  SLUICE_FIELDS_EXCLUDE(""),
  SLUICE_FIELDS_MASK(""),
  SLUICE_FIELDS_HASH(""),
  SLUICE_FIELDS_HASH_KEY_FILE(""),
  SLUICE_FIELDS_RENAME(""),
  SLUICE_SKIP_UNCHANGED("false"),
  SLUICE_TARGET("amqp"),
  /** Empty for 5552, or 5551 with TLS. */
  SLUICE_STREAM_PORT(""),
  SLUICE_EXCHANGE("sluice"),
  SLUICE_EXCHANGE_TYPE("topic"),
  SLUICE_QUEUE("test_queue"),
  SLUICE_QUEUE_TYPE("quorum"),
  SLUICE_QUEUE_ARGUMENTS(""),
  SLUICE_TOPOLOGY("declare"),
  SLUICE_ROUTING_KEY("{database}.{collection}.{operation}"),
  SLUICE_ROUTES_FILE(""),
  SLUICE_HEADERS("all"),
  SLUICE_HEADERS_FROM(""),
  SLUICE_PRIORITY(""),
  SLUICE_TTL(""),
  SLUICE_TRACEPARENT_FIELD(""),
  SLUICE_FORMAT("envelope"),
  SLUICE_JSON("relaxed"),
  /** What RabbitMQ takes from version 4.0 on; before, it took 128 MiB. */
  SLUICE_MAX_MESSAGE_BYTES("16MiB"),
  SLUICE_COMPRESSION("none"),
  /** Less gains little, and each body has its own frame. */
  SLUICE_COMPRESS_ABOVE("1KiB"),
  /** Empty for never. */
  SLUICE_GZIP_ABOVE(""),
  /** RabbitMQ's own measurements find no gain beyond about a thousand unconfirmed messages. */
  SLUICE_MAX_IN_FLIGHT("2000"),
  SLUICE_MAX_IN_FLIGHT_BYTES("16MiB"),
  /** More carry more (docs/PERFORMANCE.md), but only one keeps the order of all documents. */
  SLUICE_ORDER("strict"),
  SLUICE_LANES("1"),
  /** Longer than a quorum queue needs to elect a leader. */
  SLUICE_CONFIRM_TIMEOUT("30s"),
  SLUICE_CHECKPOINT_INTERVAL("1s"),
  /** Within the ten seconds after which Docker and others kill what they stop. */
  SLUICE_DRAIN_TIMEOUT("8s"),
  /** Three renewals, each with time for an election of one to two seconds. */
  SLUICE_LEASE("6s"),
  /** Empty for never. */
  SLUICE_HEARTBEAT(""),
  /** Empty for nowhere. */
  SLUICE_HTTP(""),
  SLUICE_ON_POSITION_LOST("stop"),
  SLUICE_ON_UNROUTABLE("retry"),
  SLUICE_ON_POISON("stop"),
  SLUICE_LOG_FORMAT("text"),
  SLUICE_LOG_LEVEL("info");

  /** Keys of our own begin so; unknown ones are refused wherever they stand. */
  static final String PREFIX = "SLUICE_";

  /** So do these, and those of RabbitMQ, of which its own keys are the most. */
  static final String MONGO_PREFIX = "MONGO_DATABASE_";

  static final String RABBITMQ_PREFIX = "RABBITMQ_";

  /** A key that is to switch TLS on and is mistyped must not leave it off without a word. */
  static final String RABBITMQ_TLS_PREFIX = "RABBITMQ_TLS_";

  /** Keys of the test suite, which a process under test sees in its environment. */
  static final String TEST_PREFIX = "SLUICE_TEST_";

  private final String defaultValue;

  SettingKey(String defaultValue) {
    this.defaultValue = defaultValue;
  }

  public String defaultValue() {
    return defaultValue;
  }

  /** Whether an empty value means something, rather than that somebody forgot it. */
  boolean mayBeEmpty() {
    return defaultValue.isEmpty() || this == SLUICE_EXCHANGE;
  }

  /** Whether a key is one of ours or was meant to be, as its beginning tells, in any case. */
  static boolean isOurs(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.startsWith(PREFIX)
        || upper.startsWith(MONGO_PREFIX)
        || upper.startsWith(RABBITMQ_PREFIX);
  }

  static Optional<SettingKey> named(String name) {
    return Arrays.stream(values()).filter(key -> key.name().equals(name)).findFirst();
  }
}
