package dev.sluice.config;

import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.internal.DotenvParser;
import io.github.cdimascio.dotenv.internal.DotenvReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .env} file: lines of {@code KEY=value}, empty lines and comments.
 *
 * <p>dotenv-java does the reading; {@code docker compose} reads the same file, and its versions 1
 * and 2 differ. So what all of them read alike is taken (also {@code export} before a key, a byte
 * order mark, line ends of Windows, and blanks around a value, which go), and what any of them
 * would read differently is refused by the number of its line: quotes, a dollar sign, a {@code #}
 * that may or may not begin a comment, a key that is there twice. Values of keys that are not ours
 * are not judged.
 */
final class DotEnvFile {
  private static final Pattern ENTRY =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");

  private static final Pattern EXPORT = Pattern.compile("^\\s*export\\s+");

  private static final Pattern TYPED = Pattern.compile("\\s*[A-Za-z_][A-Za-z0-9_]*\\s*:.*");

  /** Some editors of Windows begin a file in UTF-8 with it. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;
  private final List<String> problems;
  private final Map<String, String> entries = new LinkedHashMap<>();
  private final Map<String, Integer> lineOf = new HashMap<>();

  private DotEnvFile(Path file, List<String> problems) {
    this.file = file;
    this.problems = problems;
  }

  /**
   * The entries of the file, in its order.
   *
   * @param mustExist whether somebody has named it; else there are no entries if it is not there
   * @param problems gets a sentence for each line that cannot be read
   */
  static Map<String, String> read(Path file, boolean mustExist, List<String> problems) {
    DotEnvFile reading = new DotEnvFile(file, problems);
    if (mustExist || Files.exists(file)) {
      reading.readLines();
    }
    return reading.entries;
  }

  private void readLines() {
    try {
      if (Files.isDirectory(file)) {
        problem("is a directory: name the file in it");
        return;
      }
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      if (text.indexOf('\0') >= 0) {
        problem("is no text file: write one in UTF-8, with KEY=value in each line");
        return;
      }
      List<String> lines =
          (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        check(i + 1, lines.get(i));
      }
      parsed(lines).forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    } catch (NoSuchFileException e) {
      problem("does not exist: check the path");
    } catch (AccessDeniedException e) {
      problem("may not be read by this user: check its owner and mode");
    } catch (CharacterCodingException e) {
      problem("is not in UTF-8: save it as UTF-8");
    } catch (IOException e) {
      problem("cannot be read (" + e + "): make it a readable text file in UTF-8");
    }
  }

  private void problem(String problem) {
    problems.add("The settings file " + file + " " + problem + ".");
  }

  /** What dotenv-java makes of the lines; it does not know {@code export}. */
  private static List<DotenvEntry> parsed(List<String> lines) {
    List<String> known = lines.stream().map(line -> EXPORT.matcher(line).replaceFirst("")).toList();
    DotenvReader given =
        new DotenvReader("", "") {
          @Override
          public List<String> read() {
            return known;
          }
        };
    return new DotenvParser(given, true, false).parse();
  }

  private void check(int number, String line) {
    if (line.isBlank() || line.stripLeading().startsWith("#")) {
      return;
    }
    String where = file.getFileName() + " line " + number;
    Matcher entry = ENTRY.matcher(line);
    if (!entry.matches()) {
      problems.add(
          where
              + " cannot be read: write KEY=value, with no space before the equals sign"
              + (TYPED.matcher(line).matches() ? " and not \"KEY: type = value\"." : "."));
      return;
    }
    String key = entry.group(1);
    String value = entry.group(2).strip();
    if (SettingKey.isOurs(key)) {
      check(where, value);
      Integer before = lineOf.putIfAbsent(key, number);
      if (before != null) {
        problems.add(where + " sets " + key + " again, after line " + before + ": leave one out.");
      }
    }
  }

  private void check(String where, String value) {
    if (value.startsWith("\"") || value.startsWith("'")) {
      problems.add(where + " has its value in quotes: leave them out, spaces are kept without.");
    } else if (value.startsWith("#")) {
      problems.add(where + " has a comment for its value: put the comment into a line of its own.");
    } else if (hasInnerHash(value)) {
      problems.add(
          where
              + " has a # inside its value, where a comment would begin: set this key in the"
              + " environment instead (in a URI, write %23).");
    } else if (withoutComment(value).contains("$")) {
      problems.add(
          where
              + " has a $ in its value, where docker compose would put another variable's value: set"
              + " this key in the environment instead (in a URI, write %24).");
    }
  }

  /** Only behind a space all readers take it for a comment. */
  private static boolean hasInnerHash(String value) {
    int hash = value.indexOf('#');
    return hash > 0 && value.charAt(hash - 1) != ' ';
  }

  private static String withoutComment(String value) {
    int comment = value.indexOf(" #");
    return comment < 0 ? value : value.substring(0, comment).strip();
  }
}
