package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The bytes that a message's body must have, in a file of {@code src/test/resources/golden}.
 *
 * <p>A file is the body but for two things, which make it readable: a line ends behind each field
 * of the event and of the objects in it (no body has a line end), and a run of one letter is
 * shortened to <code>{length×letter}</code>. All are JSON files.
 *
 * <p>After a change of the format that is meant, {@code mvn test -Dtest=EnvelopeEncoderTest
 * -Dsluice.golden.write=true} writes the files anew; the difference is for the eyes of a reviewer.
 */
record GoldenFile(String name) {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden");
  static final boolean WRITE = Boolean.getBoolean("sluice.golden.write");

  /** How deep the objects are whose fields have a line of their own. */
  private static final int BROKEN_DEPTH = 2;

  private static final Pattern RUN = Pattern.compile("([A-Za-z])\\1{999,}");
  private static final Pattern SHORTENED_RUN = Pattern.compile("\\{(\\d+)×([A-Za-z])}");

  void assertSameAs(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      if (WRITE) {
        Files.createDirectories(path().getParent());
        Files.writeString(path(), readable(text));
      }
      assertThat(path()).as("%s: -Dsluice.golden.write=true makes it", this).exists();
      if (!text.equals(body())) {
        assertThat(readable(text)).as(name).isEqualTo(Files.readString(path()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body that the file stands for. */
  String body() {
    try {
      String joined = Files.readString(path()).replace("\n", "");
      return SHORTENED_RUN
          .matcher(joined)
          .replaceAll(run -> run.group(2).repeat(Integer.parseInt(run.group(1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the files that are there. */
  static Set<String> names(String directory) {
    try (Stream<Path> files = Files.list(DIRECTORY.resolve(directory))) {
      return files
          .map(file -> directory + "/" + file.getFileName().toString().replace(".json", ""))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path path() {
    return DIRECTORY.resolve(name + ".json");
  }

  private static String readable(String body) {
    return RUN.matcher(broken(body)).replaceAll(GoldenFile::shortened) + "\n";
  }

  private static String shortened(MatchResult run) {
    return "{" + run.group().length() + "×" + run.group(1) + "}";
  }

  private static String broken(String body) {
    StringBuilder lines = new StringBuilder();
    int depth = 0;
    boolean inText = false;
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      lines.append(c);
      if (inText && c == '\\') {
        lines.append(body.charAt(++i));
      } else if (c == '"') {
        inText = !inText;
      } else if (!inText) {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (c == ',' && depth <= BROKEN_DEPTH) {
          lines.append('\n');
        }
      }
    }
    return lines.toString();
  }
}
