package dev.sluice.target.file;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetKeepsStep;
import dev.sluice.consume.TargetUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesKeepStepTest extends TargetKeepsStep {
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("plays.jsonl");
  }

  @Override
  protected Target.Opener opener() {
    FileParameters parameters = FileParameters.of(TargetUri.parse("file:" + file()));
    return () -> FileTarget.open(parameters);
  }

  @Override
  protected boolean keepsStates() {
    return false;
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    return Map.of();
  }

  @Override
  protected List<String> history() throws Exception {
    List<String> ids = new ArrayList<>();
    if (Files.exists(file())) {
      ObjectMapper mapper = new ObjectMapper();
      for (String line : Files.readAllLines(file())) {
        ids.add(mapper.readTree(line).get("eventId").asText());
      }
    }
    return ids;
  }

  /** The second waits until the first is gone. */
  @Override
  protected boolean takesTwoConsumers() {
    return false;
  }
}
