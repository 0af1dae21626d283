package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.doctor.Doctor;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.rabbit.RabbitConnection;
import java.time.Clock;
import java.util.Random;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What the doctor looks with; nothing of a pipeline. Closing it closes connections and threads. */
final class DoctorWiring implements AutoCloseable {
  /** Both servers are looked at side by side, and one that hangs is not to hold up the other. */
  private static final int BLOCKING_THREADS = 6;

  private static final int BLOCKING_QUEUE = 64;

  private final Scheduler blocking =
      Schedulers.newBoundedElastic(BLOCKING_THREADS, BLOCKING_QUEUE, "sluice-blocking", 60, true);
  private final Scheduler timer = Schedulers.newSingle("sluice-timer", true);
  private final Settings settings;
  private final MongoConnection mongo;
  private final RabbitConnection looking;
  private final RabbitConnection trying;

  /**
   * @throws dev.sluice.config.WrongSettings if a part cannot use its settings
   */
  DoctorWiring(Settings settings) {
    this.settings = settings;
    this.mongo = new MongoConnection(settings.mongo());
    this.looking = new RabbitConnection(settings.rabbit(), "sluice doctor", blocking, new Random());
    this.trying =
        new RabbitConnection(settings.rabbit(), "sluice doctor trying", blocking, new Random());
  }

  Doctor doctor() {
    return new Doctor(settings, mongo, looking, trying, Clock.systemUTC(), blocking, timer);
  }

  @Override
  public void close() {
    mongo.close();
    looking.close();
    trying.close();
    timer.dispose();
    blocking.dispose();
  }
}
