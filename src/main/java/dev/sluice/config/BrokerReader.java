package dev.sluice.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes the {@link Broker} from RABBITMQ_URI, or from the keys for which it stands. */
final class BrokerReader {
  /**
   * Those of https://www.rabbitmq.com/docs/uri-query-parameters that have a meaning here. Names are
   * written as they are there.
   */
  private static final Set<String> PARAMETERS =
      Set.of(
          "cacertfile",
          "certfile",
          "keyfile",
          "verify",
          "auth_mechanism",
          "heartbeat",
          "connection_timeout");

  /** Whoever wants to wait longer for one node waits for the whole cluster. */
  private static final int LONGEST_CONNECT_MILLIS = 60_000;

  /** Above, a connection that is gone is not noticed for minutes. */
  private static final int LONGEST_HEARTBEAT_SECONDS = 300;

  private final SettingValues values;

  BrokerReader(SettingValues values) {
    this.values = values;
  }

  Broker broker() {
    TlsFiles files =
        values.tlsFiles(
            SettingKey.RABBITMQ_TLS_CA_FILE,
            SettingKey.RABBITMQ_TLS_CERT_FILE,
            SettingKey.RABBITMQ_TLS_KEY_FILE);
    String uri = values.uri(SettingKey.RABBITMQ_URI, SettingKey.RABBITMQ_URI_FILE);
    if (!uri.isEmpty()) {
      try {
        return byUri(
            AmqpUri.parse(uri),
            files,
            AmqpKeys.of(values.origin(SettingKey.RABBITMQ_URI, SettingKey.RABBITMQ_URI_FILE)));
      } catch (IllegalArgumentException e) {
        values.wrong(SettingKey.RABBITMQ_URI, e.getMessage());
        files = TlsFiles.NONE;
      }
    }
    return new Broker(
        addresses(),
        files.any(),
        files,
        values.name(SettingKey.RABBITMQ_DEFAULT_USERNAME, Names::problemOfShortString),
        new Secret(
            values.textOrFile(
                SettingKey.RABBITMQ_DEFAULT_PASSWORD, SettingKey.RABBITMQ_DEFAULT_PASSWORD_FILE)),
        values.name(SettingKey.RABBITMQ_VIRTUAL_HOST, Names::problemOfShortString),
        AmqpKeys.single(
            values.origin(
                SettingKey.RABBITMQ_DEFAULT_PASSWORD, SettingKey.RABBITMQ_DEFAULT_PASSWORD_FILE)),
        Broker.CONNECT_TIMEOUT,
        Broker.HEARTBEAT);
  }

  private List<HostPort> addresses() {
    int port = (int) values.number(SettingKey.RABBITMQ_PORT, 1, 65_535);
    List<HostPort> addresses = new ArrayList<>();
    for (String text : values.text(SettingKey.RABBITMQ_HOST).split(",", -1)) {
      try {
        addresses.add(HostPort.parse(text.strip(), port));
      } catch (IllegalArgumentException e) {
        values.wrong(
            SettingKey.RABBITMQ_HOST,
            "must be a host such as localhost, localhost:5672 or [::1]:5672, or several with commas"
                + " between; a URI belongs into RABBITMQ_URI");
        return List.of(new HostPort(SettingKey.RABBITMQ_HOST.defaultValue(), port));
      }
    }
    return addresses;
  }

  private static Broker byUri(AmqpUri uri, TlsFiles files, AmqpKeys keys) {
    refuseWhatIsPassedOver(uri, files);
    Map<String, String> parameters = uri.parameters();
    TlsFiles own = tlsFiles(parameters);
    return new Broker(
        uri.addresses(),
        uri.tls(),
        own.any() ? own : files,
        uri.username(),
        uri.password(),
        uri.virtualHost(),
        keys,
        Duration.ofMillis(
            number(
                parameters,
                "connection_timeout",
                (int) Broker.CONNECT_TIMEOUT.toMillis(),
                LONGEST_CONNECT_MILLIS)),
        Duration.ofSeconds(
            number(
                parameters,
                "heartbeat",
                (int) Broker.HEARTBEAT.toSeconds(),
                LONGEST_HEARTBEAT_SECONDS)));
  }

  private static void refuseWhatIsPassedOver(AmqpUri uri, TlsFiles files) {
    if (files.any() && !uri.tls()) {
      throw wrong(
          "begins with amqp://, which is without TLS, and the RABBITMQ_TLS_ files are for TLS:"
              + " write amqps://, with the port that speaks it");
    }
    uri.parameters().forEach((name, value) -> refuse(name, value, uri.tls()));
    if (files.any() && tlsFiles(uri.parameters()).any()) {
      throw wrong("names files for TLS, and so do RABBITMQ_TLS_ keys: remove one or the other");
    }
  }

  private static void refuse(String name, String value, boolean tls) {
    if (!PARAMETERS.contains(name)) {
      throw wrong(
          "has the parameter "
              + name
              + ", which is not supported: remove it; there are "
              + String.join(", ", new TreeSet<>(PARAMETERS)));
    }
    if (!tls && (name.endsWith("file") || name.equals("verify"))) {
      throw wrong(
          "begins with amqp://, which is without TLS, and its parameter "
              + name
              + " is for TLS: write amqps://, with the port that speaks it");
    }
    if (name.equals("verify") && !value.equals("verify_peer")) {
      throw wrong(
          "has a parameter verify that is not verify_peer, and would let anybody pass for the"
              + " server: remove it, and name the authority of the server's certificate by"
              + " RABBITMQ_TLS_CA_FILE");
    }
    if (name.equals("auth_mechanism") && !value.toLowerCase(Locale.ROOT).equals("plain")) {
      throw wrong(
          "has a parameter auth_mechanism that is not plain: remove it; the login is by user and"
              + " password");
    }
  }

  private static TlsFiles tlsFiles(Map<String, String> parameters) {
    if (parameters.containsKey("certfile") != parameters.containsKey("keyfile")) {
      throw wrong(
          "has one of the parameters certfile and keyfile: a certificate and its key go together");
    }
    return new TlsFiles(
        file(parameters, "cacertfile"), file(parameters, "certfile"), file(parameters, "keyfile"));
  }

  private static Optional<NamedFile> file(Map<String, String> parameters, String name) {
    try {
      return Optional.ofNullable(parameters.get(name))
          .map(path -> new NamedFile("RABBITMQ_URI with " + name, Path.of(path)));
    } catch (InvalidPathException e) {
      throw wrong("has a parameter " + name + " that is no path of a file");
    }
  }

  private static int number(Map<String, String> parameters, String name, int otherwise, int most) {
    String text = parameters.get(name);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[1-9]\\d{0,8}") || Integer.parseInt(text) > most) {
      throw wrong("has a parameter " + name + " that is no whole number from 1 to " + most);
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(problem);
  }
}
