package dev.sluice.bench;

import java.util.Arrays;
import java.util.List;

/** Whose code a class is, by its package. */
enum CodeOwner {
  SLUICE("Sluice", "dev.sluice."),
  DRIVER("MongoDB's driver", "com.mongodb.", "org.bson."),
  REACTOR("Reactor", "reactor.", "org.reactivestreams."),
  CLIENT("RabbitMQ's client", "com.rabbitmq."),
  /** Arrays of primitives too, which have no package. */
  JDK("the JDK", "java.", "javax.", "jdk.", "sun.", "com.sun."),
  OTHER("others");

  private final String text;
  private final List<String> packages;

  CodeOwner(String text, String... packages) {
    this.text = text;
    this.packages = List.of(packages);
  }

  String text() {
    return text;
  }

  /**
   * @param type a class or an array as {@link ClassCounts#readable} has it
   */
  static CodeOwner of(String type) {
    if (type.indexOf('.') < 0) {
      return JDK;
    }
    return Arrays.stream(values())
        .filter(owner -> owner.packages.stream().anyMatch(type::startsWith))
        .findFirst()
        .orElse(OTHER);
  }
}
