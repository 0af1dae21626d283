package dev.sluice.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.FieldRule;
import dev.sluice.config.FieldRule.Action;
import dev.sluice.config.JsonMode;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import dev.sluice.config.Scope;
import dev.sluice.config.Secret;
import dev.sluice.config.ShapeSettings;
import dev.sluice.config.View;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.route.Routes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random documents and updates with a secret in a hidden field, wherever that may lie: not one byte
 * of it leaves, in whatever form.
 */
class HiddenFieldsTest {
  private static final String SECRET = "s3cr3t-VALUE";
  private static final List<String> PATH = List.of("a", "card", "number");
  private static final int EVENTS = 3_000;

  /** One that asks for nothing but what is hidden. */
  private static final KeyTemplate KEY =
      KeyTemplate.parse(
          "{document.a.card.number}.{before.a.card.number}.{document.a.0.card.number}");

  private static final MessageProperties PROPERTIES =
      new MessageProperties(
          Map.of("number", KEY, "first", KeyTemplate.parse("{document.a.0.0.card.number.0}")),
          Optional.of(KeyTemplate.parse("{document.a.card.number}")),
          Optional.of(Duration.ofMinutes(1)));

  private static final RouteSettings ROUTES =
      new RouteSettings(
          KEY,
          PROPERTIES,
          List.of(
              new Route(
                  List.of(NamespacePattern.of("shop", "orders")),
                  Set.of("insert", "update"),
                  Optional.of("orders"),
                  KEY,
                  PROPERTIES)));

  private final Random random = new Random(7);

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"EXCLUDE", "MASK", "HASH"})
  void noByteOfAHiddenFieldLeaves(Action action) {
    ShapeSettings settings =
        new ShapeSettings(
            List.of(new FieldRule(Optional.empty(), action, PATH, null)),
            Optional.of(new Secret("0123456789abcdef")),
            false);
    Shaping shaping = new Shaping(settings);
    ParkedMessages parked = new ParkedMessages("parked", new Routes(ROUTES), 1 << 20);
    int secrets = 0;
    for (int i = 0; i < EVENTS; i++) {
      BsonDocument made = event();
      secrets += made.toJson().contains(SECRET) ? 1 : 0;
      ChangeEvent shaped = (ChangeEvent) shaping.shape(ShapingTest.event(made));
      for (EventFormat format : EventFormat.values()) {
        Message message = encode(format, shaped);
        assertHidden(made, message);
        assertHidden(made, parked.of(shaped, message, "oversized", "why"));
        assertHidden(made, parked.of(shaped, "poison", "why"));
        assertHidden(made, parked.pointerTo(shaped, message, "oversized", "why"));
      }
      assertThat(shaped.toString()).doesNotContain(SECRET);
    }
    assertThat(secrets).as("events that hold the secret").isGreaterThan(EVENTS / 2);
  }

  /** A number is no text to look for: what it would have made is not there. */
  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"EXCLUDE", "MASK", "HASH"})
  void noHiddenNumberBecomesAPriority(Action action) {
    BsonDocument made =
        ShapingTest.envelopeOf("insert")
            .append("clusterTime", new BsonTimestamp(1_700_000_000, 1))
            .append("fullDocument", BsonDocument.parse("{_id: 1, a: {card: {number: 7}}}"));
    Shaping shaping =
        new Shaping(
            new ShapeSettings(
                List.of(new FieldRule(Optional.empty(), action, PATH, null)),
                Optional.of(new Secret("0123456789abcdef")),
                false));

    Message open = encode(EventFormat.ENVELOPE, ShapingTest.event(made));
    Message hidden =
        encode(EventFormat.ENVELOPE, (ChangeEvent) shaping.shape(ShapingTest.event(made)));

    assertThat(open.destination().priority()).contains(7);
    assertThat(hidden.destination().priority()).isEmpty();
  }

  private static Message encode(EventFormat format, ChangeEvent event) {
    return new EnvelopeEncoder(
            new EnvelopeSettings(
                "p",
                Scope.of("shop", "orders"),
                View.NEW_AND_OLD_IMAGES,
                format,
                JsonMode.RELAXED,
                Long.MAX_VALUE),
            new Routes(ROUTES),
            1 << 20)
        .encode(event);
  }

  private static void assertHidden(BsonDocument made, Message message) {
    String all =
        new String(message.body(), StandardCharsets.ISO_8859_1)
            + message.headers()
            + message.routingKey()
            + message.destination()
            + message;
    assertThat(all).as(made.toJson()).doesNotContain(SECRET);
  }

  private BsonDocument event() {
    String operation = List.of("insert", "update", "replace", "delete").get(random.nextInt(4));
    BsonDocument event =
        ShapingTest.envelopeOf(operation)
            .append("clusterTime", new BsonTimestamp(1_700_000_000, 1));
    if (!operation.equals("delete")) {
      event.append("fullDocument", document());
    }
    if (!operation.equals("insert")) {
      event.append("fullDocumentBeforeChange", document());
    }
    if (operation.equals("update")) {
      BsonArray removed = new BsonArray();
      removed.add(new BsonString(path(PATH.size()) + (random.nextBoolean() ? ".x" : "")));
      event.append(
          "updateDescription",
          new BsonDocument("updatedFields", updated())
              .append("removedFields", removed)
              .append("truncatedArrays", new BsonArray())
              .append(
                  "disambiguatedPaths",
                  new BsonDocument(SECRET, new BsonArray(List.of(new BsonString(SECRET))))));
    }
    return event;
  }

  private BsonDocument document() {
    return new BsonDocument("_id", new BsonInt32(1))
        .append("other", new BsonString("plain"))
        .append(PATH.get(0), below(1));
  }

  /** What lies behind so many names of the path: the rest of it, with arrays in between. */
  private BsonValue below(int depth) {
    BsonValue value =
        depth == PATH.size()
            ? secret()
            : new BsonDocument("beside", new BsonInt32(depth))
                .append(PATH.get(depth), below(depth + 1));
    return switch (random.nextInt(4)) {
      case 0 -> new BsonArray(List.of(value, new BsonInt32(1)));
      case 1 -> new BsonArray(List.of(new BsonArray(List.of(value))));
      default -> value;
    };
  }

  private BsonValue secret() {
    BsonString secret = new BsonString(SECRET);
    return switch (random.nextInt(3)) {
      case 0 -> secret;
      case 1 -> new BsonDocument(SECRET, secret);
      default -> new BsonArray(List.of(secret, new BsonDocument("x", secret)));
    };
  }

  /** A field that holds the secret, or a parent of it, or a part of it, by a path with dots. */
  private BsonDocument updated() {
    int depth = 1 + random.nextInt(PATH.size());
    String path = path(depth);
    BsonDocument updated = new BsonDocument("other", new BsonInt32(1));
    if (depth == PATH.size() && random.nextBoolean()) {
      return updated.append(path + ".x", new BsonString(SECRET));
    }
    return updated.append(path, below(depth));
  }

  /** So many names of the path, with an index behind some of them. */
  private String path(int depth) {
    List<String> names = new ArrayList<>();
    for (String name : PATH.subList(0, depth)) {
      names.add(name);
      if (random.nextInt(3) == 0) {
        names.add(Integer.toString(random.nextInt(12)));
      }
    }
    return String.join(".", names);
  }
}
