package dev.sluice.rabbit.stream;

import dev.sluice.config.HostPort;
import java.io.IOException;

/** There is no way to the node that leads a stream, at the address that RabbitMQ tells. */
public final class LeaderNotReached extends IOException {
  private final HostPort leader;

  LeaderNotReached(HostPort leader, IOException cause) {
    super(cause);
    this.leader = leader;
  }

  public HostPort leader() {
    return leader;
  }
}
