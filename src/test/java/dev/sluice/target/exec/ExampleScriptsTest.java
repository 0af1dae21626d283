package dev.sluice.target.exec;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.GeneratedHistory;
import dev.sluice.consume.GivenEvents;
import dev.sluice.consume.Json;
import dev.sluice.consume.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that docs/targets/COMMANDS.md shows do what is said of them there. */
class ExampleScriptsTest {
  @TempDir Path directory;

  @BeforeEach
  void writeScripts() throws IOException {
    Matcher scripts =
        Pattern.compile("(?s)<!-- run: (\\S+) -->\n```\\w+\n(.*?)```")
            .matcher(Files.readString(Path.of("docs/targets/COMMANDS.md")));
    while (scripts.find()) {
      Files.writeString(directory.resolve(scripts.group(1)), scripts.group(2));
    }
  }

  private void run(String command, List<Event> events) {
    String there = "cd '" + directory + "' && " + command;
    try (Target target = ExecTarget.opener(there, CallSettings.DEFAULT).open()) {
      target.apply(new Batch(events));
    }
  }

  private Map<String, String> copy(String collection) throws Exception {
    Map<String, String> documents = new TreeMap<>();
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("copy.db"));
        Statement statement = database.createStatement();
        ResultSet rows =
            statement.executeQuery("select id, document from copy where document is not null")) {
      while (rows.next()) {
        String[] id = rows.getString(1).split(" ", 3);
        if (id[0].equals(collection)) {
          String key = id[1].equals("objectId") ? id[2] : id[1] + ":" + id[2];
          documents.put(key, Json.of(rows.getString(2)).tree().toString());
        }
      }
    }
    return documents;
  }

  @Test
  void theOneInPythonKeepsTheNewestStatesWhateverIsRepeated() throws Exception {
    GeneratedHistory history = new GeneratedHistory(1, 150);
    for (List<Event> batch : history.batches(history.deliveries())) {
      run("python3 apply.py", batch);
    }

    Map<String, String> expected = new TreeMap<>();
    history
        .documents(GivenEvents.PLAYS)
        .forEach((key, json) -> expected.put(key, Json.of(json).tree().toString()));
    assertThat(copy(PLAYS.toString())).isEqualTo(expected);
  }

  @Test
  void theOneForTheShellHasEachLine() throws Exception {
    List<Event> events =
        List.of(
            insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\"}"),
            update(PLAYS, key(1), position(2), "{\"word\": \"RIVER\"}"),
            delete(PLAYS, key(1), position(3)));
    run("sh apply.sh", events);
    run("sh apply.sh", events.subList(2, 3));

    List<String> lines = lines();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1)).contains("RIVER");
    assertThat(lines.get(3)).isEqualTo(lines.get(2)).contains(events.get(2).messageId());
  }

  @Test
  void theOneForTheShellKeepsNothingOfABatchWhoseEndIsMissing() throws Exception {
    ProcessBuilder killed = new ProcessBuilder("sh", "apply.sh").directory(directory.toFile());
    killed.environment().put("SLUICE_EVENTS", "2");
    Process process = killed.start();
    try (var input = process.outputWriter()) {
      input.write("{\"eventId\": \"1\"}\n{\"eventI");
    }

    assertThat(process.waitFor()).isEqualTo(75);
    assertThat(lines()).isEmpty();
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }
}
