package dev.sluice.embedded.mongo;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults in force, which the server loop looks at before and after each command. */
final class FaultBoard {

  private final List<FailPoint> failPoints = new CopyOnWriteArrayList<>();
  private final Set<String> lostTokens = ConcurrentHashMap.newKeySet();
  private final AtomicInteger allTokensLost = new AtomicInteger();

  /** The one failpoint that {@code configureFailPoint} sets, as on a server. */
  private volatile FailPoint configured;

  void add(FailPoint failPoint) {
    failPoints.add(failPoint);
  }

  void remove(FailPoint failPoint) {
    failPoints.remove(failPoint);
  }

  synchronized void configure(FailPoint failPoint) {
    if (configured != null) {
      failPoints.remove(configured);
    }
    configured = failPoint;
    if (failPoint != null) {
      failPoints.add(failPoint);
    }
  }

  Optional<FailPoint.Effect> effectOn(Invocation call) {
    for (FailPoint failPoint : failPoints) {
      if (failPoint.hits(call.command(), call.connection().appName())) {
        return Optional.of(failPoint.effect());
      }
    }
    return Optional.empty();
  }

  void loseToken(String data) {
    lostTokens.add(data);
  }

  void findToken(String data) {
    lostTokens.remove(data);
  }

  void loseAllTokens() {
    allTokensLost.incrementAndGet();
  }

  void findAllTokens() {
    allTokensLost.decrementAndGet();
  }

  boolean isLost(ResumeToken token) {
    return allTokensLost.get() > 0 || lostTokens.contains(token.data());
  }
}
