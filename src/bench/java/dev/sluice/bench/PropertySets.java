package dev.sluice.bench;

import com.rabbitmq.client.AMQP;
import dev.sluice.bench.loop.ConfirmWindow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Properties and headers that are looked at one by one, in groups. The first set of a group is what
 * the others are compared with. All are as long as Sluice's are.
 */
final class PropertySets {
  /**
   * @param name how it differs from the first of its group
   */
  record PropertySet(String name, AMQP.BasicProperties properties) {}

  record Group(String title, List<PropertySet> sets) {}

  /** A position, and about what a header of Sluice has on the average. */
  private static final String TEXT = "0123456789abcdef01234567";

  /** Flags, the table's length, the name {@code position}, type and length, the delivery mode. */
  private static final int BYTES_BESIDE_A_TEXT = 2 + 4 + 9 + 1 + 4 + 1;

  private static final Map<String, Object> HEADERS =
      new TreeMap<>(ConfirmWindow.labelled("all").getHeaders());

  private PropertySets() {}

  static List<Group> all() {
    return List.of(
        new Group("One property beside delivery-mode", properties()),
        new Group("One header and nothing else", single()),
        new Group("One header of another type or length", types()),
        new Group("One header, the properties of so many bytes in all", lengths()),
        new Group("So many headers, each of a name of 8 and a text of 24 bytes", counts()),
        new Group("What Sluice sends, and the same said otherwise", encodings()));
  }

  private static List<PropertySet> properties() {
    return List.of(
        none(),
        new PropertySet("content-type", beside().contentType("application/json").build()),
        new PropertySet("message-id", beside().messageId(TEXT + "01234567").build()),
        new PropertySet("timestamp", beside().timestamp(new Date(0)).build()),
        new PropertySet("type", beside().type("insert").build()),
        new PropertySet("app-id", beside().appId("sluice").build()),
        new PropertySet("these five", five().headers(null).build()),
        new PropertySet("a table without headers", beside().headers(Map.of()).build()));
  }

  private static List<PropertySet> single() {
    List<PropertySet> sets = new ArrayList<>(List.of(none()));
    HEADERS.forEach((name, value) -> sets.add(with(name, Map.of(name, value))));
    sets.add(with("these seven", HEADERS));
    return sets;
  }

  private static List<PropertySet> types() {
    String name = "position";
    return List.of(
        with("text of 24 bytes", Map.of(name, TEXT)),
        with("text of 1 byte", Map.of(name, "0")),
        with("text of 240 bytes", Map.of(name, TEXT.repeat(10))),
        with("name of 1 byte", Map.of("p", TEXT)),
        with("name of 80 bytes", Map.of(name.repeat(10), TEXT)),
        with("binary of 24 bytes", Map.of(name, TEXT.getBytes(StandardCharsets.UTF_8))),
        with("integer of 64 bits", Map.of(name, 0x6aff9c0b00000001L)),
        with("timestamp", Map.of(name, new Date(0))),
        with("boolean", Map.of(name, true)));
  }

  /** Erlang keeps what is longer than 64 bytes beside a process's heap. */
  private static List<PropertySet> lengths() {
    List<PropertySet> sets = new ArrayList<>();
    for (int bytes : List.of(45, 60, 64, 65, 80, 130, 260, 520)) {
      String text = TEXT.repeat(30).substring(0, bytes - BYTES_BESIDE_A_TEXT);
      sets.add(with(bytes + " bytes", Map.of("position", text)));
    }
    return sets;
  }

  private static List<PropertySet> counts() {
    List<PropertySet> sets = new ArrayList<>(List.of(none()));
    for (int count : List.of(1, 3, 6, 9, 18)) {
      Map<String, Object> table = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        table.put("header" + (10 + i), TEXT);
      }
      sets.add(with(count + (count == 1 ? " header" : " headers"), table));
    }
    return sets;
  }

  private static List<PropertySet> encodings() {
    Map<String, Object> shortNames = new LinkedHashMap<>();
    HEADERS.values().forEach(value -> shortNames.put("h" + shortNames.size(), value));
    String joined = String.join(" ", HEADERS.values().stream().map(String.class::cast).toList());
    return List.of(
        new PropertySet("five properties, seven headers (all)", ConfirmWindow.labelled("all")),
        new PropertySet("names of 2 bytes", five().headers(shortNames).build()),
        new PropertySet(
            "the seven in an array of one header",
            five().headers(Map.of("h", List.copyOf(HEADERS.values()))).build()),
        new PropertySet(
            "the seven in a table of one header", five().headers(Map.of("h", HEADERS)).build()),
        new PropertySet("the seven in one text", five().headers(Map.of("h", joined)).build()),
        new PropertySet("three headers (minimal)", ConfirmWindow.labelled("minimal")),
        new PropertySet("no header (none)", ConfirmWindow.labelled("none")),
        new PropertySet("seven headers, no property", beside().headers(HEADERS).build()),
        none());
  }

  private static PropertySet none() {
    return new PropertySet("delivery-mode alone", ConfirmWindow.PERSISTENT);
  }

  private static PropertySet with(String name, Map<String, Object> headers) {
    return new PropertySet(name, beside().headers(headers).build());
  }

  private static AMQP.BasicProperties.Builder beside() {
    return ConfirmWindow.PERSISTENT.builder();
  }

  private static AMQP.BasicProperties.Builder five() {
    return ConfirmWindow.labelled("none").builder();
  }
}
