package dev.sluice.cli;

import dev.sluice.change.Namespace;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.mongo.SnapshotRequests;
import dev.sluice.snapshot.Key;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotRequest.State;
import dev.sluice.snapshot.SnapshotRequest.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.json.JsonParseException;
import org.bson.types.ObjectId;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the running pipeline for a snapshot, and says what has become of that. */
@Command(
    name = "snapshot",
    description = "Has the running pipeline read documents that are there already.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "More: docs/SNAPSHOT.md."})
final class SnapshotCommand implements Callable<Integer> {
  private final Console console;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  SnapshotCommand(Console console) {
    this.console = console;
  }

  /** With its own commands. */
  static CommandLine line(Console console) {
    SnapshotCommand command = new SnapshotCommand(console);
    return new CommandLine(command)
        .addSubcommand(command.new Start())
        .addSubcommand(command.new ListThem())
        .addSubcommand("pause", command.new Steer(Wish.PAUSE, "is paused at the next look"))
        .addSubcommand("resume", command.new Steer(Wish.RUN, "goes on at the next look"))
        .addSubcommand("cancel", command.new Steer(Wish.CANCEL, "ends at the next look"));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(console.err());
    return ExitCode.WRONG_SETTINGS;
  }

  /** What the settings say and where requests are kept. */
  private interface Work {
    void with(Settings settings, SnapshotRequests requests);
  }

  private Integer run(SettingsOption option, Work work) {
    Settings settings = option.load(console.environment());
    try (Wiring wiring = new Wiring(settings)) {
      work.with(settings, wiring.requests());
    }
    return ExitCode.OK;
  }

  /** What {@code --collection} says, if the pipeline watches it. */
  static Namespace watched(Settings settings, String name) {
    int dot = name.indexOf('.');
    if (dot < 1 || dot == name.length() - 1) {
      throw WrongSettings.of("--collection must be database.collection, not \"" + name + "\".");
    }
    Namespace namespace = new Namespace(name.substring(0, dot), name.substring(dot + 1));
    if (!settings.capture().scope().contains(namespace.database(), namespace.collection())) {
      throw WrongSettings.of(
          "The pipeline does not watch "
              + name
              + ", so a copy of it would not stay right: it"
              + " watches "
              + settings.capture().scope()
              + ".");
    }
    return namespace;
  }

  @Command(
      name = "start",
      description = "Asks for a snapshot of collections, or of some of their documents.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Start implements Callable<Integer> {
    /** Each is read on its own. */
    private static final int MOST_IDS = 1_000;

    @Mixin private SettingsOption option;

    @Option(
        names = "--collection",
        required = true,
        split = ",",
        paramLabel = "DATABASE.COLLECTION",
        description = "Which; several with commas between.")
    private List<String> collections;

    @Option(
        names = "--match",
        paramLabel = "JSON",
        defaultValue = "",
        description = "A condition that documents must meet, as MongoDB has it.")
    private String match;

    @Option(
        names = "--ids",
        paramLabel = "FILE",
        description =
            "Only the documents of these ids, 1000 at the most: one a line, as Extended JSON, or"
                + " the 24 digits of an ObjectId.")
    private Path ids;

    @Override
    public Integer call() {
      return run(option, this::ask);
    }

    private void ask(Settings settings, SnapshotRequests requests) {
      List<Namespace> namespaces =
          collections.stream().map(name -> watched(settings, name)).distinct().toList();
      requireJson();
      List<Key> keys = ids == null ? List.of() : keys();
      List<SnapshotRequest> open = requests.open().block();
      Optional<SnapshotRequest> same =
          open.stream().filter(r -> isSame(r, namespaces, keys)).findFirst();
      if (same.isPresent()) {
        console.err().println("The same is asked for already and has not begun: this joins it.");
        console.out().println(same.get().id());
        return;
      }
      String id = requests.ask(namespaces, match, keys).block();
      console
          .err()
          .println(
              open.isEmpty()
                  ? "The pipeline looks every two seconds, if it runs: sluice snapshot list"
                  : "It waits for " + open.size() + " before it: sluice snapshot list");
      console.out().println(id);
    }

    /**
     * One that runs has read some of its documents already: who asks now wants them as they are
     * now.
     */
    private boolean isSame(SnapshotRequest request, List<Namespace> namespaces, List<Key> keys) {
      return request.state() == State.WAITING
          && request.wish() == Wish.RUN
          && request.namespaces().equals(namespaces)
          && request.match().equals(match)
          && request.ids().equals(keys);
    }

    private void requireJson() {
      try {
        if (!match.isEmpty()) {
          BsonDocument.parse(match);
        }
      } catch (JsonParseException e) {
        throw WrongSettings.of("--match must be a condition in JSON: " + e.getMessage());
      }
    }

    private List<Key> keys() {
      List<Key> keys = new ArrayList<>();
      try {
        for (String line : Files.readAllLines(ids)) {
          if (!line.isBlank()) {
            keys.add(key(line.strip()));
          }
        }
      } catch (IOException e) {
        throw WrongSettings.of("The file " + ids + " cannot be read as text.");
      }
      if (keys.isEmpty() || keys.size() > MOST_IDS) {
        throw WrongSettings.of(
            "The file "
                + ids
                + " has "
                + keys.size()
                + " ids: it must have 1 to "
                + MOST_IDS
                + "; for more, use --match.");
      }
      return keys.stream().distinct().toList();
    }

    private Key key(String line) {
      String value = ObjectId.isValid(line) ? "{\"$oid\": \"" + line + "\"}" : line;
      try {
        return Key.of(BsonDocument.parse("{\"_id\": " + value + "}"));
      } catch (JsonParseException e) {
        throw WrongSettings.of(
            "The file " + ids + " has a line that is no JSON value: " + e.getMessage());
      }
    }
  }

  @Command(
      name = "list",
      description = "Shows the requests, also those that are over.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class ListThem implements Callable<Integer> {
    @Mixin private SettingsOption option;

    @Override
    public Integer call() {
      return run(
          option,
          (settings, requests) ->
              requests.all().block().forEach(each -> console.out().println(line(each))));
    }

    private static String line(SnapshotRequest request) {
      return String.join(
          "  ",
          request.id(),
          request.at().toString(),
          request.state().name().toLowerCase(java.util.Locale.ROOT),
          String.join(",", request.namespaces().stream().map(Namespace::toString).toList())
              + (request.isFiltered() ? " (a part)" : ""),
          request.answer());
    }
  }

  @Command(
      description = "Changes what is wanted of a request.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Steer implements Callable<Integer> {
    private final Wish wish;
    private final String said;

    @Mixin private SettingsOption option;

    @Parameters(paramLabel = "ID", description = "As start and list write it.")
    private String id;

    Steer(Wish wish, String said) {
      this.wish = wish;
      this.said = said;
    }

    @Override
    public Integer call() {
      return run(
          option,
          (settings, requests) -> {
            requests.wish(id, wish).block();
            console.err().println(id + " " + said);
          });
    }
  }
}
