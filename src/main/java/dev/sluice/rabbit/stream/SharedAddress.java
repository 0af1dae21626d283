package dev.sluice.rabbit.stream;

import dev.sluice.config.HostPort;
import java.io.IOException;

/**
 * Several nodes of RabbitMQ tell clients the same address, so that nobody knows which of them leads
 * a stream. What is published by way of another node can be lost between the two unnoticed, while
 * what comes behind it arrives.
 */
public final class SharedAddress extends IOException {
  private final HostPort address;

  SharedAddress(HostPort address) {
    super("several nodes are at " + address);
    this.address = address;
  }

  public HostPort address() {
    return address;
  }
}
