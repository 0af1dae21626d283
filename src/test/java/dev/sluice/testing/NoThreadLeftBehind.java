package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which a non-daemon thread runs that was not there before: such a thread
 * is a connection, client or scheduler that nobody closed, and would keep Sluice from ending.
 *
 * <p>Not for classes that run side by side with others, whose threads it would take for theirs, nor
 * where the class is the first to start a shared server inside this JVM.
 */
public final class NoThreadLeftBehind implements BeforeAllCallback, AfterAllCallback {
  /** Threads end a moment after they are told to. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private Set<Thread> before = Set.of();

  @Override
  public void beforeAll(ExtensionContext context) {
    before = running();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Awaitility.await()
        .atMost(GRACE)
        .pollInSameThread()
        .untilAsserted(
            () -> {
              Set<Thread> left = running();
              left.removeAll(before);
              assertThat(left)
                  .as("threads that %s left behind", context.getDisplayName())
                  .isEmpty();
            });
  }

  private static Set<Thread> running() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && !thread.isDaemon())
        // JUnit's own, which watches over the time-outs of all tests.
        .filter(thread -> !thread.getName().startsWith("junit-"))
        .collect(Collectors.toSet());
  }
}
