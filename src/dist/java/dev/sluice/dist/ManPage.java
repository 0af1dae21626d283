package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** sluice(1): the commands as they describe themselves, the settings and exit codes of docs/. */
final class ManPage {
  private static final Pattern SETTING =
      Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]+)`|\\(empty\\)) \\|(.*)\\|$");
  private static final Pattern EXIT_CODE =
      Pattern.compile("(?m)^\\| (\\d+) \\| `([A-Z_]+)` \\|(.*)\\|$");

  private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\([^)]+\\)");

  private final CommandSpec sluice;
  private final Build build;
  private final Path docs;
  private final Roff page = new Roff();

  ManPage(CommandLine line, Build build, Path docs) {
    this.sluice = line.getCommandSpec();
    this.build = build;
    this.docs = docs;
  }

  String text() throws IOException {
    page.title(
        "SLUICE",
        build.time().atOffset(ZoneOffset.UTC).toLocalDate().toString(),
        "sluice " + build.version(),
        "User Commands");
    page.request("SH", "NAME").text("sluice - change data capture from MongoDB to RabbitMQ");
    page.request("SH", "SYNOPSIS").request("B", "sluice").text("COMMAND [OPTIONS]");
    page.request("SH", "DESCRIPTION");
    description(sluice);
    page.request("SH", "COMMANDS");
    commands(sluice, "sluice");
    settings();
    exitCodes();
    files();
    return page.toString();
  }

  /** Below a heading, which begins a paragraph itself. */
  private void description(CommandSpec command) {
    String[] paragraphs = command.usageMessage().description();
    for (int i = 0; i < paragraphs.length; i++) {
      if (i > 0) {
        page.request("PP");
      }
      page.text(plain(paragraphs[i]));
    }
  }

  /** Each that does something, by its full name. */
  private void commands(CommandSpec parent, String path) {
    for (Map.Entry<String, CommandLine> entry : parent.subcommands().entrySet()) {
      CommandSpec command = entry.getValue().getCommandSpec();
      String name = path + " " + entry.getKey();
      if (command.usageMessage().hidden()) {
        continue;
      }
      page.request("SS", synopsis(command, name));
      description(command);
      parameters(command);
      commands(command, name);
    }
  }

  private static String synopsis(CommandSpec command, String name) {
    List<String> words = new ArrayList<>(List.of(name));
    if (!command.subcommands().isEmpty()) {
      words.add("COMMAND");
    }
    for (OptionSpec option : command.options()) {
      if (option.required()) {
        words.add(names(option));
      }
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      words.add(parameter.required() ? parameter.paramLabel() : "[" + parameter.paramLabel() + "]");
    }
    return String.join(" ", words);
  }

  private void parameters(CommandSpec command) {
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      page.term(parameter.paramLabel(), described(parameter.description()));
    }
    for (OptionSpec option : command.options()) {
      if (!option.hidden() && !option.usageHelp() && !option.versionHelp()) {
        page.term(names(option), described(option.description()));
      }
    }
  }

  private static String names(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : "=" + bare(option.paramLabel());
    return String.join(", ", option.names()) + value;
  }

  /** Without the angle brackets that picocli puts around what has no label of its own. */
  private static String bare(String label) {
    return label.replaceAll("^<(.*)>$", "$1");
  }

  private static String described(String[] lines) {
    return Arrays.stream(lines).map(ManPage::plain).collect(Collectors.joining(" "));
  }

  /** As picocli would show it: a percent sign is written twice. */
  private static String plain(String text) {
    return text.replace("%n", " ").replace("%%", "%");
  }

  private void settings() throws IOException {
    page.request("SH", "ENVIRONMENT");
    page.text(
        "A setting is looked for in the environment, then in the file of `--env-file` (`.env` if there"
            + " is one), then it has its default.");
    for (MatchResult setting : rows(SETTING, "SETTINGS.md")) {
      String value = setting.group(2) == null ? "" : " (default: " + setting.group(2) + ")";
      page.term(setting.group(1) + value, unlinked(setting.group(3)));
    }
    page.term("JAVA_HOME", "The Java that runs it, in the place of the one of the path.");
    page.term("JAVA_OPTS", "More options of the JVM, behind those of lib/jvm.options.");
  }

  private void exitCodes() throws IOException {
    page.request("SH", "EXIT STATUS");
    for (MatchResult code : rows(EXIT_CODE, "ENDINGS.md")) {
      page.term(code.group(1), unlinked(code.group(3)));
    }
  }

  private List<MatchResult> rows(Pattern pattern, String document) throws IOException {
    List<MatchResult> rows =
        pattern.matcher(Files.readString(docs.resolve(document))).results().toList();
    if (rows.isEmpty()) {
      throw new IllegalStateException(document + " has no table like " + pattern);
    }
    return rows;
  }

  private static String unlinked(String markdown) {
    return LINK.matcher(markdown).replaceAll("$1").strip();
  }

  private void files() {
    page.request("SH", "FILES");
    page.term("lib/jvm.options", "Options of the JVM, each with its reason.");
    page.term("lib/sluice.jsa", "An archive of classes for a faster start, if you made one.");
    page.term("docs/", "All else: docs/README.md is the index.");
  }
}
