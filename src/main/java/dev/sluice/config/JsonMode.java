package dev.sluice.config;

/** How BSON values appear in the JSON of an event. */
public enum JsonMode {
  /** MongoDB Extended JSON v2, relaxed: numbers and usual dates are readable, the rest is typed. */
  RELAXED,

  /** MongoDB Extended JSON v2, canonical: every value carries its BSON type; nothing is lost. */
  CANONICAL,

  /** Ordinary JSON values: ids, dates, decimals and binary are plain strings, types are lost. */
  PLAIN
}
