package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What RabbitMQ means when it closes a channel or a connection: by the reply code and by the method
 * that it refuses (AMQP 0-9-1, 1.2 and 1.4.2.5), told with its own words.
 *
 * <p>RabbitMQ has one code for several things, so some of its texts are looked at, as read off
 * RabbitMQ 3.10, 4.0 and 4.3: a limit that is reached, an argument that differs, a name that is not
 * there. Names, which may be any word, stand in quotes there. If a release changes them, the
 * sentence gets less exact, and a limit stops the pipeline.
 */
final class BrokerAnswers {
  /** Of connections or channels: of a user, a virtual host, a node. All others of 530 are final. */
  private static final Pattern CONNECTION_LIMIT = Pattern.compile("\\blimit (of )?\\(");

  /** Of queues or exchanges: of a virtual host, or from RabbitMQ 4 on of the whole cluster. */
  private static final Pattern LIMIT =
      Pattern.compile("': (queue|exchange) limit (in .* \\(\\d+\\)|of \\d+) is reached");

  private static final Pattern INEQUIVALENT =
      Pattern.compile(
          "inequivalent arg '([^']+)' for (queue|exchange) '(.*)' in vhost '.*': received (.*) but"
              + " current is (.*)");

  /** What a passive declaration is told of what is not there, and not of what is out of reach. */
  private static final Pattern MISSING = Pattern.compile("no (queue|exchange) '(.*)' in vhost '");

  /** With 503 on RabbitMQ 3.10. */
  private static final Pattern UNKNOWN_TYPE =
      Pattern.compile("(unknown|invalid) exchange type(?: '([^']*)')?");

  /** Of a consumer that held a message for longer than the broker's consumer_timeout. */
  private static final Pattern NOT_ACKNOWLEDGED =
      Pattern.compile("delivery acknowledgement on channel \\d+ timed out");

  private static final Pattern QUOTED = Pattern.compile("'(.*?)'.*");

  /** What RabbitMQ refuses by a method: its number is the class's, two digits, and its own. */
  private enum Method {
    CONNECTION_OPEN(1040, "opening the virtual host"),
    CHANNEL_OPEN(2010, "opening a channel"),
    EXCHANGE_DECLARE(4010, "declaring the exchange"),
    QUEUE_DECLARE(5010, "declaring the queue"),
    QUEUE_BIND(5020, "binding the queue to the exchange"),
    BASIC_CONSUME(6020, "reading the queue"),
    BASIC_PUBLISH(6040, "publishing"),
    BASIC_GET(6070, "reading the queue"),
    CONFIRM_SELECT(8510, "asking for confirms"),
    OTHER(0, "");

    private final int number;
    private final String doing;

    Method(int number, String doing) {
      this.number = number;
      this.doing = doing;
    }

    static Method of(int classId, int methodId) {
      return Arrays.stream(values())
          .filter(method -> method.number == classId * 100 + methodId)
          .findFirst()
          .orElse(OTHER);
    }
  }

  private final ShutdownSignalException shutdown;
  private final RabbitSettings settings;
  private final int code;
  private final String text;
  private final Method method;

  private BrokerAnswers(
      ShutdownSignalException shutdown,
      RabbitSettings settings,
      int code,
      String text,
      Method method) {
    this.shutdown = shutdown;
    this.settings = settings;
    this.code = code;
    this.text = text;
    this.method = method;
  }

  /** What it means that the connection, or one channel of it, was closed on us. */
  static PipelineException recognise(ShutdownSignalException shutdown, RabbitSettings settings) {
    BrokerAnswers answer;
    if (shutdown.getReason() instanceof AMQP.Channel.Close close) {
      answer =
          new BrokerAnswers(
              shutdown,
              settings,
              close.getReplyCode(),
              close.getReplyText(),
              Method.of(close.getClassId(), close.getMethodId()));
    } else if (shutdown.getReason() instanceof AMQP.Connection.Close close) {
      answer =
          new BrokerAnswers(
              shutdown,
              settings,
              close.getReplyCode(),
              close.getReplyText(),
              Method.of(close.getClassId(), close.getMethodId()));
    } else {
      answer = new BrokerAnswers(shutdown, settings, 0, "", Method.OTHER);
    }
    return answer.recognise();
  }

  private PipelineException recognise() {
    return switch (code) {
      case AMQP.PRECONDITION_FAILED -> preconditionFailed();
      case AMQP.ACCESS_REFUSED -> accessRefused();
      case AMQP.NOT_ALLOWED -> notAllowed();
      // It goes away with the connection that it belongs to.
      case AMQP.RESOURCE_LOCKED ->
          passing(
              "The queue belongs to another connection alone (exclusive): end that one, or choose"
                  + " another name by SLUICE_QUEUE");
      case AMQP.NOT_FOUND -> notFound();
      case AMQP.COMMAND_INVALID ->
          method == Method.EXCHANGE_DECLARE ? unknownExchangeType() : lost();
      case AMQP.INTERNAL_ERROR -> passing("RabbitMQ at %s has failed", settings.address());
      case AMQP.RESOURCE_ERROR ->
          passing("RabbitMQ at %s is short of something", settings.address());
      case AMQP.CONNECTION_FORCED ->
          passing(
              "RabbitMQ at %s has ended the connection: it stops, or somebody closed it",
              settings.address());
      case AMQP.NOT_IMPLEMENTED ->
          refused(
              "RabbitMQ at %s does not have what Sluice asks for: it is too old, is another broker, or"
                  + " has the feature switched off",
              settings.address());
      default -> lost();
    };
  }

  private PipelineException lost() {
    return passing("The connection to RabbitMQ at %s is lost", settings.address());
  }

  /** What is not declared by us is not there at the next attempt either. */
  private PipelineException notFound() {
    Matcher missing = MISSING.matcher(text);
    if (settings.topology().mode() == TopologyMode.VERIFY
        && (method == Method.QUEUE_DECLARE || method == Method.EXCHANGE_DECLARE)
        && missing.find()) {
      return refused(
          "There is no %s \"%s\" at RabbitMQ, and SLUICE_TOPOLOGY=verify makes none: have it"
              + " declared, or set SLUICE_TOPOLOGY=declare",
          missing.group(1), missing.group(2));
    }
    return passing("RabbitMQ at %s cannot find or reach what it needs", settings.address());
  }

  /** Where the broker does not say which, it is that of the settings. */
  private PipelineException unknownExchangeType() {
    Matcher unknown = UNKNOWN_TYPE.matcher(text);
    String type =
        unknown.find() && unknown.group(2) != null
            ? unknown.group(2)
            : settings.topology().exchangeType().text();
    return refused(
        "RabbitMQ at %s knows no exchange of the type %s: %sset another SLUICE_EXCHANGE_TYPE%s",
        settings.address(),
        type,
        remedyFor(type),
        settings.routes().isEmpty() ? "" : ", or exchangeType in SLUICE_ROUTES_FILE");
  }

  /** Before it was built in, restarts changed which queue a key goes to. */
  private static String remedyFor(String type) {
    if (type.equals(ExchangeType.X_CONSISTENT_HASH.text())) {
      return "have its plugin rabbitmq_consistent_hash_exchange enabled, or ";
    }
    return type.equals(ExchangeType.X_MODULUS_HASH.text())
        ? "it is built in from RabbitMQ 4.3 on; before, take x-consistent-hash, or "
        : "";
  }

  private PipelineException preconditionFailed() {
    Matcher differs = INEQUIVALENT.matcher(text);
    OtherArguments others = new OtherArguments(settings);
    if (differs.find()) {
      return refused(
          "The %s \"%s\" exists with other arguments (its %s is %s, and Sluice asks for %s): %s",
          differs.group(2),
          differs.group(3),
          differs.group(1),
          value(differs.group(5)),
          value(differs.group(4)),
          differs.group(2).equals("queue")
              ? others.ofQueue(differs.group(3), differs.group(1), value(differs.group(5)))
              : others.ofExchange(differs.group(3), differs.group(1), value(differs.group(5))));
    }
    Matcher limit = LIMIT.matcher(text);
    if (limit.find()) {
      return passing(
          "RabbitMQ at %s takes no more %ss: raise the limit, or remove some that nobody needs",
          settings.address(), limit.group(1));
    }
    if (NOT_ACKNOWLEDGED.matcher(text).find()) {
      return passing(
          "RabbitMQ at %s has taken messages back that were held for longer than its consumer_timeout",
          settings.address());
    }
    if (text.contains("does not have a running replica")) {
      return passing(
          "RabbitMQ at %s has no replica of the stream that runs there: it is starting, or elects a"
              + " leader",
          settings.address());
    }
    if (method == Method.EXCHANGE_DECLARE && UNKNOWN_TYPE.matcher(text).find()) {
      return unknownExchangeType();
    }
    return refused(
        "RabbitMQ at %s refuses what Sluice asks for: check SLUICE_EXCHANGE, SLUICE_QUEUE,"
            + " SLUICE_QUEUE_TYPE and SLUICE_QUEUE_ARGUMENTS%s",
        settings.address(),
        settings.routes().isEmpty() ? "" : ", and the same in SLUICE_ROUTES_FILE");
  }

  /** {@code 'x'}, {@code the value 'x' of type 'longstr'}, or {@code none}. */
  private static String value(String told) {
    Matcher quoted = QUOTED.matcher(told);
    return quoted.find() ? quoted.group(1) : told;
  }

  private PipelineException accessRefused() {
    return refused(
        "The RabbitMQ user \"%s\" lacks a permission: see what each command needs in"
            + " docs/PRIVILEGES.md",
        settings.username());
  }

  private PipelineException notAllowed() {
    if (CONNECTION_LIMIT.matcher(text).find()) {
      // After a network failure the broker counts our own dead connection until it misses its
      // heartbeats.
      return passing(
          "RabbitMQ at %s takes no more connections of \"%s\" to the virtual host \"%s\": if this does"
              + " not pass, raise the limit",
          settings.address(), settings.username(), settings.virtualHost());
    }
    return refused(
        "RabbitMQ at %s refuses the login of \"%s\" to the virtual host \"%s\": check that it exists,"
            + " that %s names it, and that the user has permissions there",
        settings.address(), settings.username(), settings.virtualHost(), settings.virtualHostKey());
  }

  private PipelineException passing(String sentence, Object... parts) {
    return answered(FailureKind.TRANSIENT, sentence, parts);
  }

  private PipelineException refused(String sentence, Object... parts) {
    return answered(FailureKind.MISCONFIGURED, sentence, parts);
  }

  private PipelineException answered(FailureKind kind, String sentence, Object... parts) {
    return new PipelineException(
        kind, String.format(Locale.ROOT, sentence, parts) + said(), shutdown);
  }

  private String said() {
    if (text.isEmpty()) {
      return "";
    }
    return " ("
        + (method.doing.isEmpty() ? "" : "while " + method.doing + ", ")
        + "RabbitMQ says: "
        + text
        + ")";
  }
}
