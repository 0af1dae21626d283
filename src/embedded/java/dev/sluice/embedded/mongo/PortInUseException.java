package dev.sluice.embedded.mongo;

/** A port that a node was to listen on is taken. */
public final class PortInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int port;

  PortInUseException(int port, Throwable cause) {
    super("port " + port + " on 127.0.0.1 is taken: " + cause.getMessage(), cause);
    this.port = port;
  }

  public int port() {
    return port;
  }
}
