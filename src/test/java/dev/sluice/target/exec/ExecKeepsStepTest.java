package dev.sluice.target.exec;

import dev.sluice.change.Namespace;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetKeepsStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The command here keeps each event once, by its id. */
class ExecKeepsStepTest extends TargetKeepsStep {
  private static final String KEEP_ONCE =
      "awk -v f='FILE' 'BEGIN { while ((getline line < f) > 0) seen[substr(line, 14, 32)] = 1;"
          + " close(f) } { id = substr($0, 14, 32); if (!(id in seen)) { seen[id] = 1;"
          + " print >> f } }'";

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("events");
  }

  @Override
  protected Target.Opener opener() {
    return ExecTarget.opener(KEEP_ONCE.replace("FILE", file().toString()), CallSettings.DEFAULT);
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
    return Files.exists(file())
        ? Files.readAllLines(file()).stream().map(line -> line.substring(13, 45)).toList()
        : List.of();
  }
}
