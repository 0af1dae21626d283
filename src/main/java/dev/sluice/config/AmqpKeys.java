package dev.sluice.config;

/**
 * Which settings an address of RabbitMQ came from, so that a sentence about a refusal sends people
 * there and nowhere else.
 *
 * @param login where user and password stand
 * @param virtualHost where the virtual host stands
 */
public record AmqpKeys(String login, String virtualHost) {
  /** The keys one by one; {@code password} is the one that held it, or named its file. */
  static AmqpKeys single(SettingKey password) {
    return new AmqpKeys(
        SettingKey.RABBITMQ_DEFAULT_USERNAME + " and " + password,
        SettingKey.RABBITMQ_VIRTUAL_HOST.name());
  }

  /** All in one URI, or in the file of one. */
  static AmqpKeys of(SettingKey uri) {
    return new AmqpKeys("user and password in " + uri, uri.name());
  }
}
