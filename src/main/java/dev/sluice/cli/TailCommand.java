package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Settings;
import dev.sluice.rabbit.StreamOffset;
import dev.sluice.rabbit.TemporaryQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** Shows events as they are published. */
@Command(
    name = "tail",
    description = {
      "Shows events as they are published, one line each, until Ctrl-C.",
      "Looks on through a temporary queue of its own, or reads a stream: nothing is taken from"
          + " anybody."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TailCommand implements Callable<Integer> {
  private static final String EVERYTHING = "#";

  private final Console console;

  @Spec private CommandSpec spec;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      converter = StreamPlace.class,
      description =
          "Reads the queue itself, which has to be a stream, from there on: first, last (the last"
              + " stretch that was written at once), next, an offset, or a time such as"
              + " 2026-11-20T10:00:00Z (default with SLUICE_TARGET=stream: next).")
  private StreamOffset from;

  @Option(
      names = "--key",
      paramLabel = "PATTERN",
      defaultValue = EVERYTHING,
      description =
          "Only events with such a routing key, <database>.<collection>.<operation>; * stands for"
              + " one word, # for any number (default: #).")
  private String routingKeys;

  @Option(names = "--json", description = "The whole body instead of one line about it.")
  private boolean json;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after so many events (default: never).")
  private Integer count;

  TailCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(console.environment());
    if (from == null && settings.stream().isPresent()) {
      // Past the exchange: a queue of our own would get nothing.
      from = StreamOffset.NEXT;
    }
    if (from != null && !routingKeys.equals(EVERYTHING)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--from reads all of a stream, and --key cannot choose there");
    }
    EventLine line = new EventLine(console.colours());
    try (Wiring wiring = new Wiring(settings)) {
      Flux<Delivery> events =
          from == null ? lookingOn(wiring, settings.rabbit()) : stream(wiring, settings.rabbit());
      (count == null ? events : events.take(count))
          .doOnNext(event -> console.out().println(json ? body(event) : line.of(event)))
          .blockLast();
    }
    return ExitCode.OK;
  }

  private Flux<Delivery> lookingOn(Wiring wiring, RabbitSettings rabbit) {
    TemporaryQueue queue = wiring.temporaryQueue();
    return queue.messages(
        routingKeys,
        () -> {
          say("Waiting for events on exchange " + String.join(", ", queue.seen()) + at(rabbit));
          if (!queue.unseen().isEmpty()) {
            say("Not seen is what goes to queue " + String.join(", ", queue.unseen()) + ".");
          }
        });
  }

  private Flux<Delivery> stream(Wiring wiring, RabbitSettings rabbit) {
    say("Reading the stream " + rabbit.queue() + at(rabbit));
    return wiring
        .streamQueue()
        .messages(from, lost -> say(lost.getMessage() + "; going on behind the last event."));
  }

  private static String at(RabbitSettings rabbit) {
    return " at " + rabbit.address() + "; Ctrl-C ends.";
  }

  private void say(String line) {
    console.err().println(line);
  }

  /** As it came, if it is not what it says it is. */
  private static String body(Delivery event) {
    try {
      return new String(JsonBody.of(event), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return new String(event.getBody(), StandardCharsets.UTF_8);
    }
  }
}
