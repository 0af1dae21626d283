package dev.sluice.embedded.mongo;

/** A fault in force; closing it lifts it. */
@FunctionalInterface
public interface Fault extends AutoCloseable {

  @Override
  void close();
}
