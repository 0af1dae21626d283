package dev.sluice.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes the {@link StreamSettings}, where there are any. */
final class StreamReader {
  private static final int MOST_PORT = 65_535;

  private final SettingValues values;
  private final boolean wanted;

  StreamReader(SettingValues values) {
    this.values = values;
    this.wanted = values.oneOf(SettingKey.SLUICE_TARGET, PublishBy.class) == PublishBy.STREAM;
  }

  /** What the streams of several partitions are together; nothing of a pipeline that is alone. */
  Optional<SuperStream> superStream(Partition partition) {
    if (!wanted || partition.isWhole()) {
      return Optional.empty();
    }
    for (SettingKey key : List.of(SettingKey.SLUICE_EXCHANGE, SettingKey.SLUICE_EXCHANGE_TYPE)) {
      if (!values.text(key).equals(key.defaultValue())) {
        values.wrong(
            key,
            "is not used where partitions publish to a super stream, which is an exchange of its"
                + " own, named by SLUICE_QUEUE: leave it out");
      }
    }
    String name = values.name(SettingKey.SLUICE_QUEUE, Names::problemOfQueue);
    SuperStream set = new SuperStream(name, partition.number());
    Names.problemOfQueue(set.stream())
        .ifPresent(
            problem ->
                values.wrong(
                    SettingKey.SLUICE_QUEUE,
                    "with \"-" + partition.number() + "\" behind it " + problem));
    return Optional.of(set);
  }

  Optional<StreamSettings> stream(CaptureSettings capture, RabbitSettings rabbit) {
    OptionalInt port = port();
    if (!wanted) {
      return Optional.empty();
    }
    refuseWhatIsForQueues(rabbit);
    return Optional.of(new StreamSettings(capture.pipeline(), port, capture.isRepeatable()));
  }

  private OptionalInt port() {
    String text = values.text(SettingKey.SLUICE_STREAM_PORT);
    if (text.matches("[1-9]\\d{0,4}") && Integer.parseInt(text) <= MOST_PORT) {
      return OptionalInt.of(Integer.parseInt(text));
    }
    if (!text.isEmpty()) {
      values.wrong(
          SettingKey.SLUICE_STREAM_PORT,
          "must be a whole number from 1 to " + MOST_PORT + ", not \"" + text + "\"");
    }
    return OptionalInt.empty();
  }

  private void refuseWhatIsForQueues(RabbitSettings rabbit) {
    if (rabbit.topology().queueType() != QueueType.STREAM) {
      values.wrong(
          SettingKey.SLUICE_TARGET,
          "is stream, and SLUICE_QUEUE_TYPE is "
              + rabbit.topology().queueType().text()
              + ": set SLUICE_QUEUE_TYPE=stream as well, and by SLUICE_QUEUE a name that no queue of"
              + " another type has");
    }
    if (!values.text(SettingKey.SLUICE_ROUTES_FILE).isEmpty()) {
      values.wrong(
          SettingKey.SLUICE_ROUTES_FILE,
          "is for SLUICE_TARGET=amqp: all events go to one stream, where their numbers are counted");
    }
    if (values.number(SettingKey.SLUICE_LANES, 1, SettingsReader.MOST_LANES) != 1) {
      values.wrong(SettingKey.SLUICE_LANES, "is for SLUICE_TARGET=amqp: a stream has one writer");
    }
  }
}
