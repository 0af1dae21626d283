package dev.sluice.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of the page, which lie beside this class. No path leads anywhere else. */
final class PageFiles {
  /** One file in one folder: nothing that a path could climb by. */
  private static final Pattern NAME = Pattern.compile("/([a-z0-9][a-z0-9-]*\\.([a-z]+))");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon");

  private static final String FIRST = "/index.html";

  /** Empty if there is none of that path. */
  Optional<Answer> at(String path) {
    Matcher file = NAME.matcher(path.equals("/") ? FIRST : path);
    if (!file.matches() || !TYPES.containsKey(file.group(2))) {
      return Optional.empty();
    }
    try (InputStream in = PageFiles.class.getResourceAsStream("page/" + file.group(1))) {
      return in == null
          ? Optional.empty()
          : Optional.of(new Answer(Answer.OK, TYPES.get(file.group(2)), in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
