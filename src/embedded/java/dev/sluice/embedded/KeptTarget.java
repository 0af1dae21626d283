package dev.sluice.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.target.lucene.SearchIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A target of {@code make demo-consumers}, and how what it keeps is read when its consumer has
 * ended.
 *
 * @param name as the last line names it
 * @param uri for {@code --to}
 */
record KeptTarget(String name, String uri, Reader reader) {
  /**
   * What a target has.
   *
   * @param documents by their id, without it
   * @param events how many different events of one document it has; -1 if it keeps no history
   * @param isComparable false if it keeps no whole documents: then their ids alone are compared
   */
  record Kept(Map<String, JsonNode> documents, long events, boolean isComparable) {}

  /** Reads it. */
  interface Reader {
    Kept read() throws Exception;
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String LINES = ".jsonl";

  /**
   * A file a batch, there as a whole or not at all: of a consumer that is killed the command sees
   * an end of its input, in the middle of a line perhaps.
   */
  private static final String FILE_A_BATCH =
      "mkdir -p '%1$s' && part=$(mktemp '%1$s/part.XXXXXX') && cat > \"$part\""
          + " && [ \"$(wc -l < \"$part\")\" -eq \"$SLUICE_EVENTS\" ]"
          + " && sync \"$part\" && mv \"$part\" \"$part"
          + LINES
          + "\" || exit 75";

  /** All that need no server, below a directory. */
  static List<KeptTarget> in(Path directory) {
    Path lines = directory.resolve("plays.jsonl");
    Path csv = directory.resolve("plays.csv");
    Path sqlite = directory.resolve("plays.db");
    Path duckDb = directory.resolve("plays.duckdb");
    Path index = directory.resolve("index");
    Path batches = directory.resolve("batches");
    return List.of(
        new KeptTarget("jsonl", "file:" + lines, () -> ofLines(Files.readAllLines(lines))),
        new KeptTarget("csv", "file:" + csv + "?columns=_id,word,score", () -> ofCsv(csv)),
        new KeptTarget(
            "sqlite",
            "jdbc:sqlite:" + sqlite + "?history=true",
            () -> ofTable("jdbc:sqlite:" + sqlite)),
        new KeptTarget(
            "duckdb", "duckdb:" + duckDb + "?history=true", () -> ofTable("jdbc:duckdb:" + duckDb)),
        new KeptTarget("lucene", "lucene:" + index, () -> ofIndex(index)),
        new KeptTarget(
            "exec",
            "exec:" + String.format(Locale.ROOT, FILE_A_BATCH, batches),
            () -> ofLines(linesBelow(batches))));
  }

  /** A document as it is compared: its id is its key. */
  static JsonNode withoutId(String json) throws Exception {
    ObjectNode document = (ObjectNode) MAPPER.readTree(json);
    document.remove("_id");
    return document;
  }

  /** A batch that came twice is there twice; what has another name was never finished. */
  private static List<String> linesBelow(Path directory) throws Exception {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(LINES)).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static Kept ofLines(List<String> lines) throws Exception {
    Map<String, JsonNode> newest = new HashMap<>();
    Set<String> events = new HashSet<>();
    for (String line : lines) {
      JsonNode event = MAPPER.readTree(line);
      if (event.has("_id") && events.add(event.get("eventId").asText())) {
        newest.merge(event.get("_id").asText(), event, KeptTarget::later);
      }
    }
    Map<String, JsonNode> documents = new HashMap<>();
    for (Map.Entry<String, JsonNode> each : newest.entrySet()) {
      if (each.getValue().has("document")) {
        documents.put(each.getKey(), withoutId(each.getValue().get("document").toString()));
      }
    }
    return new Kept(documents, events.size(), true);
  }

  /** An update whose lookup found nothing says nothing of the document. */
  private static JsonNode later(JsonNode one, JsonNode other) {
    if (other.get("operation").asText().equals("update") && !other.has("document")) {
      return one;
    }
    return one.get("position").asText().compareTo(other.get("position").asText()) > 0 ? one : other;
  }

  /** No field of these has a comma. */
  private static Kept ofCsv(Path file) throws Exception {
    Map<String, String[]> newest = new HashMap<>();
    Set<String> events = new HashSet<>();
    for (String line : Files.readAllLines(file).stream().skip(1).toList()) {
      String[] fields = line.split(",", -1);
      String id = fields[6];
      if (!id.isEmpty() && events.add(fields[0])) {
        newest.merge(id, fields, (one, other) -> one[1].compareTo(other[1]) > 0 ? one : other);
      }
    }
    Map<String, JsonNode> documents = new HashMap<>();
    newest.forEach(
        (id, fields) -> {
          if (!fields[2].equals("delete")) {
            documents.put(id, MAPPER.createObjectNode());
          }
        });
    return new Kept(documents, events.size(), false);
  }

  private static Kept ofIndex(Path directory) throws Exception {
    Map<String, JsonNode> documents = new HashMap<>();
    try (SearchIndex index = SearchIndex.open(directory.toString())) {
      for (SearchIndex.Found found : index.find("*:*", "", Integer.MAX_VALUE)) {
        documents.put(found.id(), withoutId(found.document()));
      }
    }
    return new Kept(documents, -1, true);
  }

  private static Kept ofTable(String url) throws Exception {
    Map<String, JsonNode> documents = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("select id, document from scrabble")) {
        while (rows.next()) {
          documents.put(rows.getString(1), withoutId(rows.getString(2)));
        }
      }
      try (ResultSet count =
          statement.executeQuery("select count(*) from scrabble_history where id is not null")) {
        count.next();
        return new Kept(documents, count.getLong(1), true);
      }
    }
  }
}
