package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.SettingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents say of the code, where a test can see it. */
class DocsTest {
  private static final Path SETTINGS = Path.of("docs/SETTINGS.md");
  private static final Path ENDINGS = Path.of("docs/ENDINGS.md");

  /** {@code | `KEY` | `default` | meaning |}; the default of some is nothing, said in words. */
  private static final Pattern SETTING =
      Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (?:`([^`]+)`|\\(empty\\)) \\|.*\\|$");

  private static final Pattern ENTRY = Pattern.compile("(?m)^([A-Z_]+)=(.*)$");
  private static final Pattern COMPOSE_PORT = Pattern.compile("\\$\\{([A-Z0-9_]+_PORT):-(\\d+)}");
  private static final Pattern EXIT_CODE = Pattern.compile("(?m)^\\| (\\d+) \\| `([A-Z_]+)` \\|");
  private static final Pattern CODE_CONSTANT =
      Pattern.compile("static final int ([A-Z_]+) = (\\d+);");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern PAGE = Pattern.compile("docs/[A-Za-z_/]+\\.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern MAKE = Pattern.compile("(?:`|^|\\$ )make ([a-z][a-z-]*)");
  private static final Pattern TARGET = Pattern.compile("(?m)^([a-z][a-z-]*):");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");

  static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .map(Path::normalize)
          .sorted()
          .toList();
    }
  }

  static List<Path> sources() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main"))) {
      return Stream.concat(sources.filter(Files::isRegularFile), Stream.of(Path.of("Makefile")))
          .filter(file -> !file.toString().endsWith(".png"))
          .sorted()
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> pairs(Pattern pattern, String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (MatchResult match : pattern.matcher(text).results().toList()) {
      String value = match.group(2) == null ? "" : match.group(2);
      assertThat(pairs.put(match.group(1), value)).as("twice: " + match.group(1)).isNull();
    }
    return pairs;
  }

  private static Map<String, String> defaults() {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (SettingKey key : SettingKey.values()) {
      defaults.put(key.name(), key.defaultValue());
    }
    return defaults;
  }

  @Test
  void theSettingsPageListsEverySettingWithItsDefault() {
    assertThat(pairs(SETTING, read(SETTINGS))).containsExactlyEntriesOf(defaults());
  }

  @Test
  void theExampleFileListsEverySettingWithItsDefault() {
    Map<String, String> entries = pairs(ENTRY, read(Path.of(".env.example")));
    entries.keySet().removeIf(key -> key.startsWith("LOCAL_"));

    assertThat(entries).containsExactlyEntriesOf(defaults());
  }

  @Test
  void theExampleFileAndTheDockerPageListThePortsOfTheComposeFile() {
    Set<String> ports =
        COMPOSE_PORT
            .matcher(read(Path.of("docker-compose.yaml")))
            .results()
            .map(port -> port.group(1) + "=" + port.group(2))
            .collect(toSet());

    assertThat(ports).hasSize(5);
    for (String port : ports) {
      assertThat(read(Path.of(".env.example")).lines()).contains(port);
      assertThat(read(Path.of("docs/DOCKER.md"))).contains("| " + port.replace("=", " | ") + " |");
    }
  }

  @Test
  void thePageOfEndingsListsEveryExitCode() {
    String source = read(Path.of("src/main/java/dev/sluice/cli/ExitCode.java"));
    Map<String, String> byName = pairs(CODE_CONSTANT, source);
    Map<String, String> byCode = new LinkedHashMap<>();
    byName.forEach((name, code) -> byCode.put(code, name));

    assertThat(byCode).as("exit codes found in the source").isNotEmpty();
    assertThat(pairs(EXIT_CODE, read(ENDINGS))).containsExactlyEntriesOf(byCode);
  }

  @Test
  void thePageOfEndingsAndTheArchitectureListEveryFailureKind() throws Exception {
    List<String> kinds = constants("dev.sluice.pipeline.FailureKind");

    for (Path file : List.of(ENDINGS, Path.of("docs/ARCHITECTURE.md"))) {
      assertThat(kinds).as(file.toString()).allMatch(kind -> read(file).contains("| `" + kind));
    }
  }

  @Test
  void theArchitectureNamesEveryStateAndEveryPackage() throws Exception {
    String architecture = read(Path.of("docs/ARCHITECTURE.md"));

    assertThat(constants("dev.sluice.pipeline.PipelineState"))
        .allMatch(state -> architecture.contains("`" + state + "`"));
    try (Stream<Path> packages = Files.list(Path.of("src/main/java/dev/sluice"))) {
      assertThat(packages.filter(Files::isDirectory).map(Path::getFileName).map(Path::toString))
          .allMatch(name -> architecture.contains("| `" + name + "` |"));
    }
  }

  private static List<String> constants(String type) throws ClassNotFoundException {
    return Arrays.stream(Class.forName(type).getEnumConstants()).map(Object::toString).toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) {
    List<String> broken = new ArrayList<>();
    String text = FENCED.matcher(read(document)).replaceAll("");
    for (MatchResult match : LINK.matcher(text).results().toList()) {
      String link = match.group(1);
      if (!link.contains("://") && !leadsSomewhere(document, link)) {
        broken.add(link);
      }
    }
    assertThat(broken).as("links of %s that lead nowhere", document).isEmpty();
  }

  /** What an error, {@code --help} or a comment names, so that whoever meets it can read on. */
  @Test
  void everyPageThatTheCodeNamesExists() throws IOException {
    Set<Path> named = new TreeSet<>();
    for (Path source : sources()) {
      PAGE.matcher(read(source)).results().map(m -> Path.of(m.group())).forEach(named::add);
    }

    assertThat(named).contains(ENDINGS).allMatch(Files::exists);
  }

  private static boolean leadsSomewhere(Path document, String link) {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || HEADING.matcher(read(target)).results().anyMatch(h -> anchor(h).equals(parts[1]));
  }

  /** As GitHub makes it: lower case, hyphens for spaces, nothing else but letters and digits. */
  private static String anchor(MatchResult heading) {
    return heading
        .group(1)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}\\- _]", "")
        .replace(' ', '-');
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyMakeTargetThatIsNamedExists(Path document) {
    Set<String> targets =
        TARGET.matcher(read(Path.of("Makefile"))).results().map(m -> m.group(1)).collect(toSet());
    Set<String> named =
        read(document)
            .lines()
            .flatMap(line -> MAKE.matcher(line).results().map(m -> m.group(1)))
            .collect(toSet());

    assertThat(targets).contains("help", "demo", "test");
    assertThat(targets).as("targets named in %s", document).containsAll(named);
  }

  @Test
  void theIndexNamesEveryPageAndEveryDecision() throws IOException {
    String index = read(Path.of("docs/README.md"));

    assertThat(documents())
        .filteredOn(file -> file.startsWith("docs") && !file.endsWith("README.md"))
        .allMatch(file -> index.contains("(" + Path.of("docs").relativize(file) + ")"));
  }

  private static Collector<String, ?, Set<String>> toSet() {
    return Collectors.toCollection(TreeSet::new);
  }
}
