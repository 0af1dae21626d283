package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerReaderTest {
  private static RabbitSettings read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file")).rabbit();
  }

  private static RabbitSettings byUri(String uri) {
    return read(Map.of("RABBITMQ_URI", uri));
  }

  private static List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | a:5673",
        "a,b,c | a:5673,b:5673,c:5673",
        "a, b:1 ,c | a:5673,b:1,c:5673",
        "localhost:5672 | localhost:5672",
        "::1 | [::1]:5673",
        "[::1] | [::1]:5673",
        "[::1]:5672,127.0.0.1 | [::1]:5672,127.0.0.1:5673",
        "[fe80::1%eth0]:1 | [fe80::1%eth0]:1",
        "rabbit_1.my-net | rabbit_1.my-net:5673",
        "bücher.example | bücher.example:5673"
      })
  void takesOneHostOrSeveralEachWithItsPortIfItHasOne(String hosts, String addresses) {
    assertThat(read(Map.of("RABBITMQ_HOST", hosts)).address()).isEqualTo(addresses);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,,b",
        ",a",
        "a,",
        "a b",
        "a:",
        "a:b",
        "a:0",
        "a:65536",
        "a:999999",
        "[::1",
        "::1]",
        "[a]",
        "[1.2.3.4]",
        ":::::",
        "1:2:3",
        "a::g",
        "me:hush@a",
        "amqp://a",
        "a/b"
      })
  void refusesWhatIsNoHost(String hosts) {
    assertThat(problems(Map.of("RABBITMQ_HOST", hosts)))
        .singleElement()
        .asString()
        .startsWith("RABBITMQ_HOST must be a host such as localhost, localhost:5672")
        .doesNotContain("hush");
  }

  /** The examples of the specification, and what follows from its grammar. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "amqp://user:pass@host:10000/vhost | host:10000 | user | pass | vhost",
        "amqp://user%61:%61pass@ho%61st:10000/v%2fhost | hoast:10000 | usera | apass | v/host",
        "amqp:// | localhost:5672 | guest | guest | /",
        "amqp://localhost | localhost:5672 | guest | guest | /",
        "amqp://localhost:5673 | localhost:5673 | guest | guest | /",
        "amqp://user:pass@ | localhost:5672 | user | pass | /",
        "amqp://user:@host | host:5672 | user | '' | /",
        "amqp://:@host | host:5672 | '' | '' | /",
        "amqp://:10000 | localhost:10000 | guest | guest | /",
        "amqp:///vhost | localhost:5672 | guest | guest | vhost",
        "amqp://host/%2F | host:5672 | guest | guest | /",
        "amqp://host/%2f%2F | host:5672 | guest | guest | //",
        "amqp://[::1] | [::1]:5672 | guest | guest | /",
        "amqp://u:p:q@[::1]:1/v | [::1]:1 | u | p:q | v",
        "amqp://u:a+b@host | host:5672 | u | a+b | /",
        "amqps://host | host:5671 | guest | guest | /",
        "amqp://u:p@a:1,b,[::1]/v | a:1,b:5672,[::1]:5672 | u | p | v",
        "amqps://u:p@a,b:1 | a:5671,b:1 | u | p | /"
      })
  void readsAUriAsTheSpecificationHasIt(
      String uri, String addresses, String user, String password, String virtualHost) {
    RabbitSettings rabbit = byUri(uri);

    assertThat(rabbit.address()).isEqualTo(addresses);
    assertThat(rabbit.username()).isEqualTo(user);
    assertThat(rabbit.broker().password().reveal()).isEqualTo(password);
    assertThat(rabbit.virtualHost()).isEqualTo(virtualHost);
    assertThat(rabbit.tls()).isEqualTo(uri.startsWith("amqps"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://localhost | must look like amqp://",
        "amqp:localhost | must look like amqp://",
        "AMQP | must look like amqp://",
        "amqp://me:hush@ho st | must look like amqp://",
        "amqp://me:hu#sh@host | must look like amqp://",
        "amqp://me:hu/sh@host | must look like amqp://",
        "amqp://me:hu@sh@host | must look like amqp://",
        "amqp://me:hu%sh@host | must look like amqp://",
        "amqp://me:12?hush=3@host | must look like amqp://",
        "amqp://me:hush@host:port | must look like amqp://",
        "amqp://me:hush@host:0 | must look like amqp://",
        "amqp://me:hush@a,,b | must look like amqp://",
        "amqp://me:hush@,b | must look like amqp://",
        "amqp://me:hush@::1 | has an IPv6 address without brackets",
        "amqp://hush@host | has a user and no password",
        "amqp://me:hush@host/ | ends in a slash",
        "amqp://me:hush@host/?heartbeat=5 | ends in a slash",
        "amqp://me:hush@host/x/y | has a slash inside its virtual host",
        "amqp://me:hush@a,amqp://me:hush@b | holds more than one URI"
      })
  void refusesAUriThatIsNoneAndKeepsItsSecret(String uri, String problem) {
    assertThat(problems(Map.of("RABBITMQ_URI", uri)))
        .singleElement()
        .asString()
        .startsWith("RABBITMQ_URI " + problem)
        .endsWith(".")
        .doesNotContain("hu#sh")
        .doesNotContain("hush");
  }

  @Test
  void takesParametersOfTheUri() {
    Broker broker =
        byUri(
                "amqps://host?cacertfile=%2Fca.pem&certfile=/c.pem&keyfile=/k.pem&verify=verify_peer"
                    + "&auth_mechanism=PLAIN&heartbeat=20&connection_timeout=1500")
            .broker();

    assertThat(broker.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(broker.heartbeat()).isEqualTo(Duration.ofSeconds(20));
    assertThat(broker.tlsFiles().authorities().orElseThrow())
        .hasToString("RABBITMQ_URI with cacertfile (/ca.pem)");
    assertThat(broker.tlsFiles().key().orElseThrow().path()).isEqualTo(Path.of("/k.pem"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "amqp://host?channel_max=5 | has the parameter channel_max, which is not supported",
        "amqps://host?server_name_indication=x | has the parameter server_name_indication, which",
        "amqp://host?heartbeet=5 | has the parameter heartbeet, which is not supported: remove it;"
            + " there are auth_mechanism, cacertfile",
        "amqp://host?heartbeat=0 | has a parameter heartbeat that is no whole number from 1 to 300",
        "amqp://host?heartbeat=5s | has a parameter heartbeat that is no whole number",
        "amqp://host?connection_timeout=60001 | has a parameter connection_timeout that is no",
        "amqp://host?heartbeat=5&heartbeat=5 | has the parameter heartbeat twice",
        "amqp://host?heartbeat | has no name=value behind its question mark",
        "amqp://host?heartbeat= | has no name=value behind its question mark",
        "amqp://host? | has no name=value behind its question mark",
        "amqp://host?verify=verify_peer | begins with amqp://, which is without TLS",
        "amqp://host?cacertfile=/x | begins with amqp://, which is without TLS",
        "amqps://host?verify=verify_none | has a parameter verify that is not verify_peer",
        "amqps://host?auth_mechanism=external | has a parameter auth_mechanism that is not plain",
        "amqps://host?keyfile=/x | has one of the parameters certfile and keyfile"
      })
  void refusesParametersThatWouldBePassedOver(String uri, String problem) {
    assertThat(problems(Map.of("RABBITMQ_URI", uri)))
        .singleElement()
        .asString()
        .startsWith("RABBITMQ_URI " + problem);
  }

  @Test
  void doesNotChooseBetweenFilesOfTheUriAndOfTheKeys() {
    assertThat(
            problems(
                Map.of(
                    "RABBITMQ_URI", "amqps://host?cacertfile=/x",
                    "RABBITMQ_TLS_CA_FILE", "/y")))
        .containsExactly(
            "RABBITMQ_URI names files for TLS, and so do RABBITMQ_TLS_ keys: remove one or the"
                + " other.");
  }

  @Test
  void namesTheKeysThatHoldTheLogin() {
    assertThat(byUri("amqp://host").loginKeys()).contains("RABBITMQ_URI");
    assertThat(read(Map.of()).loginKeys()).contains("RABBITMQ_DEFAULT_PASSWORD");
  }
}
