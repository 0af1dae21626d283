package dev.sluice.rabbit;

import dev.sluice.config.HostPort;
import dev.sluice.config.RabbitSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.stream.LeaderNotReached;
import dev.sluice.rabbit.stream.OtherProtocol;
import dev.sluice.rabbit.stream.SharedAddress;
import dev.sluice.rabbit.stream.StreamRefusal;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;

/** What a failure of the stream protocol means: by the code of the answer, or by its type. */
final class StreamFailures {
  private final RabbitSettings settings;
  private final HostPort at;

  /**
   * @param settings with the one address that AMQP is spoken with
   * @param at where the stream protocol is
   */
  StreamFailures(RabbitSettings settings, HostPort at) {
    this.settings = settings;
    this.at = at;
  }

  /**
   * What it means that there is no connection. AMQP is spoken there already, so that the port is
   * closed says something; but a node that starts opens it last.
   */
  PipelineException recogniseOpening(IOException failure) {
    if (failure instanceof ConnectException || failure instanceof EOFException) {
      return passing(
          "RabbitMQ does not speak its stream protocol at "
              + at
              + ": have its plugin enabled by `rabbitmq-plugins enable rabbitmq_stream`, or set"
              + " SLUICE_STREAM_PORT",
          failure);
    }
    if (failure instanceof LeaderNotReached there) {
      return passing(
          "The node that leads the stream \""
              + settings.queue()
              + "\" is not reached at "
              + there.leader()
              + ", where RabbitMQ says it is: see that it runs, or set stream.advertised_host and"
              + " stream.advertised_port there to where it is reached",
          failure);
    }
    if (failure instanceof SharedAddress shared) {
      return refused(
          "Several nodes of RabbitMQ tell clients that they are at "
              + shared.address()
              + ", so that nobody can tell which of them leads the stream \""
              + settings.queue()
              + "\": give each an address of its own by stream.advertised_host and"
              + " stream.advertised_port, or publish with SLUICE_TARGET=amqp",
          failure);
    }
    if (failure instanceof OtherProtocol) {
      return refused(
          "What answers at "
              + at
              + " does not speak RabbitMQ's stream protocol: set SLUICE_STREAM_PORT to its port, 5552"
              + " or with TLS 5551 by default, and TLS as that port has it ("
              + failure.getMessage()
              + ")",
          failure);
    }
    return recognise(failure);
  }

  PipelineException recognise(IOException failure) {
    if (!(failure instanceof StreamRefusal refusal)) {
      PipelineException recognised = RabbitFailures.recognise(failure, settings);
      return recognised.kind() == FailureKind.TRANSIENT
          ? passing("The stream connection to RabbitMQ at " + at + " is lost", failure)
          : recognised;
    }
    String said = " (" + refusal.getMessage() + ")";
    return switch (refusal.code()) {
      case AUTHENTICATION_FAILURE, LOOPBACK_ONLY, SASL_ERROR ->
          refused(
              "RabbitMQ at "
                  + at
                  + " refuses the login of \""
                  + settings.username()
                  + "\": check "
                  + settings.loginKeys()
                  + " (the user guest may only log in from the broker's own machine)"
                  + said,
              failure);
      case MECHANISM_NOT_SUPPORTED ->
          refused(
              "RabbitMQ at " + at + " takes no login by user and password: allow PLAIN" + said,
              failure);
      case VIRTUAL_HOST_ACCESS_FAILURE ->
          refused(
              "RabbitMQ at "
                  + at
                  + " refuses the virtual host \""
                  + settings.virtualHost()
                  + "\": check that "
                  + settings.virtualHostKey()
                  + " names it, and that the user has permissions there"
                  + said,
              failure);
      case ACCESS_REFUSED ->
          refused(
              "The RabbitMQ user \""
                  + settings.username()
                  + "\" may not write to the stream \""
                  + settings.queue()
                  + "\" and read from it, which both are needed: see docs/PRIVILEGES.md"
                  + said,
              failure);
      case UNKNOWN_FRAME ->
          refused(
              "RabbitMQ at " + at + " does not know what Sluice asks for: it is too old" + said,
              failure);
      case FRAME_TOO_LARGE ->
          new PipelineException(
              FailureKind.POISON_EVENT,
              "RabbitMQ at " + at + " refuses a message, most likely because of its size" + said,
              failure);
      // It is declared anew by the next attempt.
      case STREAM_DOES_NOT_EXIST ->
          passing("The stream \"" + settings.queue() + "\" was deleted" + said, failure);
      case STREAM_NOT_AVAILABLE, PUBLISHER_DOES_NOT_EXIST ->
          passing(
              "The stream \""
                  + settings.queue()
                  + "\" has no leader for now: see that most of its nodes run"
                  + said,
              failure);
      case PRECONDITION_FAILED, INTERNAL_ERROR, OK, OTHER ->
          passing("RabbitMQ at " + at + " has ended the stream connection" + said, failure);
    };
  }

  private static PipelineException passing(String sentence, Throwable cause) {
    return new PipelineException(FailureKind.TRANSIENT, sentence, cause);
  }

  private static PipelineException refused(String sentence, Throwable cause) {
    return new PipelineException(FailureKind.MISCONFIGURED, sentence, cause);
  }
}
