package dev.sluice.config;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One entry of a {@link Scope}: an expression for the name of the database and one for that of the
 * collection, apart, because a server compares the two fields several times faster than the whole.
 *
 * <p>Written as {@code shop.orders}, {@code shop.*}, {@code log_*.*}, where a star stands for any
 * characters and a backslash takes its meaning from the next one; or between slashes as regular
 * expressions with {@code \.} between the two, as in {@code /^log_\d+\..*$/}.
 *
 * @param text as it was written, without blanks around it
 * @param database a regular expression that is searched for, in what Java and PCRE have in common
 * @param collection likewise
 * @param databaseName the name itself, where the entry has no other database
 * @param collectionName likewise
 */
public record NamespacePattern(
    String text,
    String database,
    String collection,
    Optional<String> databaseName,
    Optional<String> collectionName) {
  private static final String LOOKS_LIKE =
      "write database.collection, with * for any characters, or /expression\\.expression/";

  public NamespacePattern {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(collection, "collection");
    Objects.requireNonNull(databaseName, "databaseName");
    Objects.requireNonNull(collectionName, "collectionName");
  }

  /** The one collection of these names, whatever characters they have. */
  public static NamespacePattern of(String database, String collection) {
    return new NamespacePattern(
        database + "." + collection,
        literally(database),
        literally(collection),
        Optional.of(database),
        Optional.of(collection));
  }

  /**
   * @throws IllegalArgumentException if the text is none; its message says what is wrong with it
   */
  static NamespacePattern parse(String text) {
    return text.length() > 1 && text.startsWith("/") && text.endsWith("/")
        ? expression(text)
        : names(text);
  }

  private static NamespacePattern names(String text) {
    int dot = text.indexOf('.');
    if (dot < 1 || dot == text.length() - 1) {
      throw new IllegalArgumentException("\"" + text + "\" is no namespace: " + LOOKS_LIKE);
    }
    StringBuilder database = new StringBuilder();
    StringBuilder collection = new StringBuilder();
    return new NamespacePattern(
        text,
        anchored(text.substring(0, dot), database),
        anchored(text.substring(dot + 1), collection),
        Optional.ofNullable(database.isEmpty() ? null : database.toString()),
        Optional.ofNullable(collection.isEmpty() ? null : collection.toString()));
  }

  /**
   * The expression of a name with stars.
   *
   * @param name gets the name itself, if it has no star
   */
  private static String anchored(String text, StringBuilder name) {
    StringBuilder expression = new StringBuilder("^");
    boolean star = false;
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '*') {
        expression.append("(.|\\n|\\r)*");
        star = true;
      } else {
        boolean escapes = each == '\\' && i + 1 < text.length();
        char plain = escapes ? text.charAt(++i) : each;
        name.append(plain);
        append(plain, expression);
      }
    }
    if (star) {
      name.setLength(0);
    }
    return expression.append('$').toString();
  }

  private static String literally(String name) {
    StringBuilder expression = new StringBuilder("^");
    name.chars().forEach(each -> append((char) each, expression));
    return expression.append('$').toString();
  }

  private static void append(char plain, StringBuilder expression) {
    if (plain < 0x80 && !Character.isLetterOrDigit(plain) && plain != '_') {
      expression.append('\\');
    }
    expression.append(plain);
  }

  private static NamespacePattern expression(String text) {
    String inner = text.substring(1, text.length() - 1);
    int dot = dotBetween(inner);
    if (dot < 1 || dot + 2 >= inner.length()) {
      throw new IllegalArgumentException(
          text
              + " needs \\. between the expression of the database and that of the collection, and no"
              + " | outside of brackets");
    }
    String database = inner.substring(0, dot) + "$";
    String collection = "^" + inner.substring(dot + 2);
    try {
      Pattern.compile(database);
      Pattern.compile(collection);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          text + " is no regular expression (" + e.getDescription() + ")", e);
    }
    return new NamespacePattern(text, database, collection, Optional.empty(), Optional.empty());
  }

  /** Where outside of brackets an escaped dot stands; -1 if there is none, or a choice. */
  private static int dotBetween(String expression) {
    int found = -1;
    int depth = 0;
    for (int i = 0; i < expression.length(); i++) {
      switch (expression.charAt(i)) {
        case '(', '[' -> depth++;
        case ')', ']' -> depth--;
        case '\\' -> {
          if (depth == 0 && found < 0 && expression.startsWith("\\.", i)) {
            found = i;
          }
          i++;
        }
        case '|' -> {
          if (depth == 0) {
            return -1;
          }
        }
        default -> {}
      }
    }
    return found;
  }

  /** Whether it names one collection and no other. */
  public boolean isExact() {
    return databaseName.isPresent() && collectionName.isPresent();
  }

  /** Whether the collection of these names is meant. */
  public boolean matches(String itsDatabase, String itsCollection) {
    return matches(database, databaseName, itsDatabase)
        && matches(collection, collectionName, itsCollection);
  }

  private static boolean matches(String expression, Optional<String> name, String its) {
    return name.map(its::equals).orElseGet(() -> Pattern.compile(expression).matcher(its).find());
  }

  @Override
  public String toString() {
    return text;
  }
}
