package dev.sluice.doctor;

import java.util.List;

/**
 * What belongs together.
 *
 * @param ground what has to be well before anything else can be looked at, in this order
 * @param rest all else, one after the other
 */
record Subject(String name, List<Check> ground, List<Check> rest) {
  Subject {
    ground = List.copyOf(ground);
    rest = List.copyOf(rest);
  }
}
