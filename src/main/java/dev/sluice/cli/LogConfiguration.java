package dev.sluice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.sluice.config.LogSettings;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up, in code: reading an XML file costs a tenth of a second at every start. Logback
 * finds this class as a service and so logs as it should from the first line on.
 */
public final class LogConfiguration extends ContextAwareBase implements Configurator {
  private static final String LINE = "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} - %msg%n%ex";

  /** What a library says of its troubles we say ourselves, once and classified. */
  private static final String[] QUIET = {
    "org.mongodb.driver",
    "com.rabbitmq",
    "reactor.rabbitmq",
    "reactor.util",
    "com.datastax.oss",
    "io.netty"
  };

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    set(loggers, new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.INFO));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static void apply(LogSettings settings) {
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    loggers.reset();
    set(loggers, settings);
  }

  private static void set(LoggerContext loggers, LogSettings settings) {
    Encoder<ILoggingEvent> encoder = encoder(settings.format());
    encoder.setContext(loggers);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(loggers);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.valueOf(settings.level().name()));
    boolean debug = settings.level() == LogSettings.Level.DEBUG;
    for (String name : QUIET) {
      loggers.getLogger(name).setLevel(debug ? Level.INFO : Level.OFF);
    }
  }

  private static Encoder<ILoggingEvent> encoder(LogSettings.Format format) {
    if (format == LogSettings.Format.JSON) {
      JsonEncoder json = new JsonEncoder();
      json.setWithSequenceNumber(false);
      json.setWithNanoseconds(false);
      json.setWithContext(false);
      json.setWithFormattedMessage(true);
      json.setWithMessage(false);
      json.setWithArguments(false);
      return json;
    }
    PatternLayoutEncoder text = new PatternLayoutEncoder();
    text.setPattern(LINE);
    return text;
  }
}
