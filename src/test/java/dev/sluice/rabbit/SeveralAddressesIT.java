package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.Connection;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.SettingsReader;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestRabbit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A node of a cluster that is away costs no more than its time-out, as long as another serves. */
class SeveralAddressesIT {
  /** Enough that every order of three comes up. */
  private static final int TRIES = 12;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestRabbit served = TestRabbit.shared();
  private final Random random = new Random(4711);
  private Scheduler blocking;

  @BeforeEach
  void makeThreads() {
    blocking = Schedulers.newBoundedElastic(2, 16, "several-addresses", 60, true);
  }

  @AfterEach
  void endTheThreads() {
    blocking.dispose();
  }

  private static int nobody() {
    return FreePorts.one();
  }

  private RabbitSettings settings(String password, Integer... ports) {
    String hosts =
        Stream.of(ports).map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    String uri =
        "amqp://"
            + served.user()
            + ":"
            + password
            + "@"
            + hosts
            + "/"
            + served.virtualHost().replace("/", "%2F")
            + "?connection_timeout=300";
    return SettingsReader.read(Map.of("RABBITMQ_URI", uri), Path.of("no-such-file")).rabbit();
  }

  private RabbitConnection connection(RabbitSettings settings) {
    return new RabbitConnection(settings, "several addresses", blocking, random);
  }

  private PipelineException failure(RabbitSettings settings) {
    try (RabbitConnection connection = connection(settings)) {
      return catchThrowableOfType(PipelineException.class, () -> connection.open().block(PATIENCE));
    }
  }

  @Test
  void goesOnFromOneThatIsAwayAndFromOneThatIsSilentToTheOneThatServes() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        TcpProxy serving = TcpProxy.to(served.host(), served.port())) {
      RabbitSettings settings =
          settings(served.password(), nobody(), silent.getLocalPort(), serving.port());
      for (int i = 0; i < TRIES; i++) {
        try (RabbitConnection connection = connection(settings)) {
          Connection opened = connection.open().block(PATIENCE);

          assertThat(opened.isOpen()).isTrue();
          assertThat(connection.settings().address()).isEqualTo("127.0.0.1:" + serving.port());
        }
      }
    }
  }

  @Test
  void doesNotAlwaysBeginWithTheSameOne() {
    try (TcpProxy one = TcpProxy.to(served.host(), served.port());
        TcpProxy two = TcpProxy.to(served.host(), served.port())) {
      Set<String> chosen = new HashSet<>();
      for (int i = 0; i < TRIES; i++) {
        try (RabbitConnection connection =
            connection(settings(served.password(), one.port(), two.port()))) {
          connection.open().block(PATIENCE);
          chosen.add(connection.settings().address());
        }
      }
      assertThat(chosen).hasSize(2);
    }
  }

  @Test
  void waitsForAllWhileNoneIsThereAndNamesThemInOneOrder() {
    int one = nobody();
    int two = nobody();
    String remedy = ": see that it runs, and that RABBITMQ_HOST or RABBITMQ_URI names it";
    for (int i = 0; i < TRIES; i++) {
      PipelineException failure = failure(settings("x", one, two));

      assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT);
      assertThat(failure)
          .hasMessage(
              "RabbitMQ at 127.0.0.1:%d cannot be reached%s; RabbitMQ at 127.0.0.1:%d cannot be"
                  + " reached%s",
              one, remedy, two, remedy);
    }
  }

  @Test
  void doesNotTryARefusedLoginElsewhere() {
    try (TcpProxy one = TcpProxy.to(served.host(), served.port());
        TcpProxy two = TcpProxy.to(served.host(), served.port())) {
      PipelineException failure = failure(settings("wrong", one.port(), two.port()));

      assertThat(failure.kind()).isEqualTo(FailureKind.MISCONFIGURED);
      assertThat(failure)
          .hasMessageContaining("refuses the login")
          .hasMessageContaining("RABBITMQ_URI")
          .hasMessageNotContaining("127.0.0.1:" + one.port() + ",");
      assertThat(failure.getMessage().contains(":" + one.port()))
          .isNotEqualTo(failure.getMessage().contains(":" + two.port()));
    }
  }
}
