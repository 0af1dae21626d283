package dev.sluice.target.http;

import dev.sluice.change.Namespace;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetKeepsStep;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.HttpReceiver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The receiver here keeps each event once, by its key; several requests are under way. */
class HttpKeepsStepTest extends TargetKeepsStep {
  private final Set<String> kept = Collections.synchronizedSet(new LinkedHashSet<>());
  private HttpReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    receiver =
        new HttpReceiver(
            (exchange, body) -> {
              kept.add(HttpReceiver.key(exchange));
              return 204;
            });
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Override
  protected Target.Opener opener() {
    return HttpTarget.opener(
        TargetUri.parse("http://localhost:" + receiver.port() + "/events"),
        new CallSettings(3, CallSettings.DEFAULT.timeout()));
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
  protected List<String> history() {
    return new ArrayList<>(kept);
  }
}
