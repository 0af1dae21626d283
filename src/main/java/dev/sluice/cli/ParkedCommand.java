package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.rabbit.ParkedRelease;
import dev.sluice.rabbit.ParkingQueue.Replayed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what could not be published, and publishes it again. */
@Command(
    name = "parked",
    description = {
      "Shows what could not be published and was put into <queue>.parked; all of it stays there.",
      "With --replay, once the cause is gone, publishes it again under the same message-ids."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ParkedCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--replay",
      description =
          "Publishes each again, and takes out of the queue what RabbitMQ has confirmed. Repeated"
              + " events may come behind newer ones of their document.")
  private boolean replay;

  @Option(
      names = "--release",
      description =
          "Gives what a consumer (sluice consume) has parked back to its queue, once its target would"
              + " take it. Those of the pipeline stay.")
  private boolean release;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description = "The queue whose parked messages these are (default: SLUICE_QUEUE).")
  private String queue;

  @Option(names = "--body", description = "Shows whole bodies as well.")
  private boolean body;

  ParkedCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(console.environment());
    if (replay && (release || queue != null)) {
      throw WrongSettings.of("--replay goes with neither --release nor --queue.");
    }
    if (queue != null) {
      settings = settings.straightTo(queue);
    }
    if (release) {
      return release(settings);
    }
    try (Wiring wiring = new Wiring(settings)) {
      return replay ? replay(settings, wiring) : list(settings, wiring);
    }
  }

  private int list(Settings settings, Wiring wiring) {
    List<Message> parked =
        wiring.parkingQueue().messages().doOnNext(this::show).collectList().block();
    console.err().println(parked.size() + " parked in " + settings.rabbit().parkingQueue());
    return ExitCode.OK;
  }

  private int release(Settings settings) {
    try (Wiring wiring = new Wiring(settings)) {
      ParkedRelease parked = wiring.parkedRelease();
      int released = parked.release();
      console
          .err()
          .println(
              released
                  + " of "
                  + parked.parkingQueue()
                  + " given back to "
                  + settings.rabbit().queue());
    }
    return ExitCode.OK;
  }

  private int replay(Settings settings, Wiring wiring) {
    List<Replayed> all =
        wiring
            .parkingQueue()
            .replay(wiring.publisher(), wiring.restoration()::restore)
            .doOnNext(this::show)
            .collectList()
            .block();
    long stay = all.stream().filter(one -> one.failure().isPresent()).count();
    console
        .err()
        .println(
            (all.size() - stay)
                + " published again, "
                + stay
                + " still parked in "
                + settings.rabbit().parkingQueue());
    return stay == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void show(Replayed replayed) {
    console
        .out()
        .println(
            replayed.failure().map(failure -> "still parked ").orElse("published    ")
                + line(replayed.parked())
                + replayed.failure().map(failure -> ": " + failure.getMessage()).orElse(""));
  }

  private void show(Message parked) {
    console.out().println(line(parked) + ": " + parked.headers().get(ParkedMessages.ERROR));
    if (body && parked.content().isJson()) {
      console.out().println("  " + text(parked));
    }
  }

  private static String text(Message parked) {
    try {
      return new String(JsonBody.of(parked), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(cannot be inflated: " + e.getMessage() + ")";
    }
  }

  /** Reason, id, operation, time of the change, and what of it is in the queue. */
  private static String line(Message parked) {
    return parked.headers().get(ParkedMessages.REASON)
        + " "
        + parked.messageId()
        + " "
        + parked.type()
        + " of "
        + Instant.ofEpochSecond(parked.timestampSeconds())
        + " ("
        + parked.headers().get(ParkedMessages.BODY)
        + ", "
        + parked.body().length
        + " bytes)";
  }
}
