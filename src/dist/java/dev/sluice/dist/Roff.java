package dev.sluice.dist;

/** Text in the language of man pages, as groff and mandoc read it (man(7)). */
final class Roff {
  private final StringBuilder text = new StringBuilder();

  /** A request such as {@code .SH}, with words that are quoted as needed. */
  Roff request(String name, String... words) {
    text.append('.').append(name);
    for (String word : words) {
      text.append(" \"").append(escaped(word).replace("\"", "\\(dq")).append('"');
    }
    text.append('\n');
    return this;
  }

  /** The first line of a page. */
  Roff title(String name, String date, String source, String manual) {
    // The date as it stands: with an escaped hyphen it is none.
    text.append(".TH ").append(name).append(" 1 ").append(date);
    text.append(" \"").append(source).append("\" \"").append(manual).append("\"\n");
    return this;
  }

  /** A paragraph's text; what stands in backquotes comes out bold. */
  Roff text(String sentence) {
    String line = escaped(sentence).replaceAll("`([^`]*)`", "\\\\fB$1\\\\fR").strip();
    // A dot or an apostrophe at the beginning would be a request, and nothing at all a blank line.
    boolean bare = line.isEmpty() || line.startsWith(".") || line.startsWith("'");
    text.append(bare ? "\\&" : "").append(line).append('\n');
    return this;
  }

  /** A term in bold, with what stands below it. */
  Roff term(String term, String meaning) {
    request("TP").request("B", term);
    return text(meaning);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private static String escaped(String plain) {
    StringBuilder escaped = new StringBuilder(plain.length() + 16);
    plain
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                case '\n' -> escaped.append(' ');
                default -> {
                  if (c < 128) {
                    escaped.append((char) c);
                  } else {
                    escaped.append(String.format("\\[u%04X]", c));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
