package dev.sluice.config;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads a {@code .env} file: lines of {@code KEY=value}, empty lines and comments.
 *
 * <p>dotenv-java does the reading. It is more forgiving than {@code docker compose}, which reads
 * the same file: quotes, and a {@code #} inside a value, would give one value here and another
 * there. So every line is checked first, and what the two would not read alike is refused by its
 * number.
 */
final class DotEnvFile {
  private static final Pattern ENTRY = Pattern.compile("\\s*[A-Za-z_][A-Za-z0-9_]*=.*");
  private static final Pattern TYPED = Pattern.compile("\\s*[A-Za-z_][A-Za-z0-9_]*\\s*:.*");

  private DotEnvFile() {}

  /**
   * The entries of the file, in its order; none if there is no such file.
   *
   * @param problems gets a sentence for each line that cannot be read
   */
  static Map<String, String> read(Path file, List<String> problems) {
    Map<String, String> entries = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return entries;
    }
    List<String> found = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        check(file.getFileName() + " line " + (i + 1), lines.get(i), found);
      }
      if (found.isEmpty()) {
        Path folder = file.toAbsolutePath().getParent();
        Dotenv dotenv =
            Dotenv.configure()
                .directory(folder.toString())
                .filename(file.getFileName().toString())
                .load();
        for (DotenvEntry entry : dotenv.entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
          entries.put(entry.getKey(), entry.getValue());
        }
      }
    } catch (IOException e) {
      found.add(file + " cannot be read (" + e + "): make it a readable text file in UTF-8.");
    }
    problems.addAll(found);
    return entries;
  }

  private static void check(String where, String line, List<String> problems) {
    if (line.isBlank() || line.stripLeading().startsWith("#")) {
      return;
    }
    if (!ENTRY.matcher(line).matches()) {
      problems.add(
          where
              + " cannot be read: write KEY=value, with no space before the equals sign"
              + (TYPED.matcher(line).matches() ? " and not \"KEY: type = value\"." : "."));
      return;
    }
    String value = line.substring(line.indexOf('=') + 1).strip();
    if (value.startsWith("\"") || value.startsWith("'")) {
      problems.add(where + " has its value in quotes: leave them out, spaces are kept without.");
    } else if (hasInnerHash(value)) {
      problems.add(
          where
              + " has a # inside its value, where a comment would begin: set this key in the"
              + " environment instead (in a URI, write %23).");
    }
  }

  private static boolean hasInnerHash(String value) {
    int hash = value.indexOf('#');
    return hash > 0 && !Character.isWhitespace(value.charAt(hash - 1));
  }
}
