package dev.sluice.it;

import dev.sluice.testing.FaultyMongo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The tests of a class share a set that they hurt one behind the other. */
abstract class OnFaultyMongo {
  static FaultyMongo mongo;

  @BeforeAll
  static void startSet() {
    mongo = FaultyMongo.launch();
  }

  @AfterAll
  static void stopSet() {
    mongo.close();
  }

  @AfterEach
  void heal() {
    mongo.heal();
  }
}
