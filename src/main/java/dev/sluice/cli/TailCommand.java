package dev.sluice.cli;

import com.rabbitmq.client.Delivery;
import dev.sluice.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** Shows events as they are published. */
@Command(
    name = "tail",
    description = {
      "Shows events as they are published, one line each, until Ctrl-C.",
      "Looks on through a temporary queue of its own: nothing is taken from anybody."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class TailCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--key",
      paramLabel = "PATTERN",
      defaultValue = "#",
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
    EventLine line = new EventLine(console.colours());
    try (Wiring wiring = new Wiring(settings)) {
      Flux<Delivery> events =
          wiring
              .temporaryQueue()
              .messages(
                  routingKeys,
                  () ->
                      console
                          .err()
                          .println(
                              "Waiting for events on exchange "
                                  + settings.rabbit().exchange()
                                  + " at "
                                  + settings.rabbit().address()
                                  + "; Ctrl-C ends."));
      (count == null ? events : events.take(count))
          .doOnNext(event -> console.out().println(json ? body(event) : line.of(event)))
          .blockLast();
    }
    return ExitCode.OK;
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
