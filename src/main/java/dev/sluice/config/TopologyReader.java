package dev.sluice.config;

import java.util.Optional;

/** Makes the {@link TopologySettings}. */
final class TopologyReader {
  private final SettingValues values;

  TopologyReader(SettingValues values) {
    this.values = values;
  }

  /**
   * @param exchange the name of the exchange, which may be empty
   * @param superStream that the queue is one of
   */
  TopologySettings topology(String exchange, boolean parking, Optional<SuperStream> superStream) {
    return new TopologySettings(
        values.oneOf(SettingKey.SLUICE_TOPOLOGY, TopologyMode.class),
        exchangeType(exchange),
        values.oneOf(SettingKey.SLUICE_QUEUE_TYPE, QueueType.class),
        new QueueArguments(
                SettingKey.SLUICE_QUEUE_TYPE.name(),
                problem -> values.wrong(SettingKey.SLUICE_QUEUE_ARGUMENTS, problem))
            .parse(values.text(SettingKey.SLUICE_QUEUE_ARGUMENTS)),
        parking,
        superStream);
  }

  private ExchangeType exchangeType(String exchange) {
    ExchangeType type = values.oneOf(SettingKey.SLUICE_EXCHANGE_TYPE, ExchangeType.class);
    if (exchange.isEmpty() && type != ExchangeType.TOPIC) {
      values.wrong(
          SettingKey.SLUICE_EXCHANGE_TYPE,
          "is for an exchange that has a name, and SLUICE_EXCHANGE is empty: remove one of them");
    }
    if (type == ExchangeType.DIRECT) {
      Names.problemOfShortString(exchange + RabbitSettings.ALTERNATE)
          .ifPresent(
              problem ->
                  values.wrong(
                      SettingKey.SLUICE_EXCHANGE,
                      "with \""
                          + RabbitSettings.ALTERNATE
                          + "\" behind it, which a direct exchange needs, "
                          + problem));
    }
    return type;
  }
}
