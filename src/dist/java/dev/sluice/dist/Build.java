package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What pom.xml says of the build.
 *
 * @param time of each file in what is built, so that two builds of one commit are equal
 */
record Build(String version, Instant time) {
  private static final Pattern VERSION =
      Pattern.compile("<artifactId>sluice</artifactId>\\s+<version>([^<]+)</version>");
  private static final Pattern TIME =
      Pattern.compile("<project.build.outputTimestamp>([^<]+)</project.build.outputTimestamp>");

  static Build of(Path pom) throws IOException {
    String text = Files.readString(pom);
    return new Build(found(VERSION, text), Instant.parse(found(TIME, text)));
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("pom.xml has nothing like " + pattern);
    }
    return matcher.group(1);
  }
}
