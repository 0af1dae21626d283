package dev.sluice.rabbit;

import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import java.util.List;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests on a node of each RabbitMQ of this machine, with streams of numbers. The plugin of the
 * stream protocol is not needed.
 */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("installations")
class OnEachRabbit {
  static RabbitNode node;
  static NumberStreams streams;

  @Parameter RabbitInstallation installation;

  static List<RabbitInstallation> installations() {
    return RabbitNode.installations();
  }

  @BeforeParameterizedClassInvocation
  static void launch(RabbitInstallation installation) {
    streams = new NumberStreams(RabbitNode.launch(installation).noteUse());
    node = streams.node();
  }

  @AfterParameterizedClassInvocation
  static void close() {
    streams.close();
  }
}
