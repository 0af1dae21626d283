package dev.sluice.rabbit.stream;

import java.io.IOException;

/** Who answers there does not speak the stream protocol. */
public final class OtherProtocol extends IOException {
  OtherProtocol(String said) {
    super(said);
  }
}
