package dev.sluice.rabbit;

import dev.sluice.config.HostPort;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.StreamSettings;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.stream.StreamProducer;
import dev.sluice.rabbit.stream.StreamRefusal;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import reactor.core.publisher.Mono;

/** What can be found out about the way to a stream by its protocol, without changing anything. */
public final class StreamFacts {
  private final RabbitConnection connection;
  private final StreamSettings settings;

  /**
   * @param connection that reaches the node by AMQP
   */
  public StreamFacts(RabbitConnection connection, StreamSettings settings) {
    this.connection = connection;
    this.settings = settings;
  }

  /**
   * What was reached.
   *
   * @param at where the protocol is spoken
   * @param leader the node that leads the stream; empty if there is no such stream yet
   */
  public record Reached(HostPort at, Optional<HostPort> leader) {}

  /**
   * Goes as far as the node that leads the stream. Cold; waits on the connection's blocking
   * threads, and fails with a {@link PipelineException}.
   */
  public Mono<Reached> reach() {
    return Mono.fromCallable(this::reachNow).subscribeOn(connection.blocking());
  }

  private Reached reachNow() {
    RabbitSettings rabbit = connection.settings();
    HostPort at = settings.at(rabbit.broker());
    try {
      Optional<SSLContext> tls =
          rabbit.tls() ? Optional.of(PemContext.of(rabbit.broker().tlsFiles())) : Optional.empty();
      return new Reached(
          at,
          Optional.of(
              StreamProducer.reachLeader(
                  rabbit.broker(), at, tls, "sluice " + settings.pipeline(), rabbit.queue())));
    } catch (StreamRefusal e) {
      if (e.code() == StreamRefusal.Code.STREAM_DOES_NOT_EXIST) {
        return new Reached(at, Optional.empty());
      }
      throw new StreamFailures(rabbit, at).recognise(e);
    } catch (IOException e) {
      throw new StreamFailures(rabbit, at).recogniseOpening(e);
    } catch (RuntimeException e) {
      throw PipelineException.of(e);
    }
  }
}
