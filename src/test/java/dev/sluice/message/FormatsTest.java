package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.message.GoldenShapes.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The formats of others: the exact bytes of their bodies, their schemas, and what their messages
 * have in common with those of the envelope. {@link EnvelopeEncoderTest} says how to write the
 * golden files anew; here it is {@code -Dtest=FormatsTest}.
 */
class FormatsTest {
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static List<Shape> shapes() {
    return FormatShapes.all();
  }

  static Set<EventFormat> formats() {
    return FormatShapes.formats();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void writesTheBytesOfTheGoldenFile(Shape shape) {
    new GoldenFile(shape.name()).assertSameAs(shape.body());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void isValidAgainstThePublishedSchema(EventFormat format) throws IOException {
    MessageSchema schema = MessageSchema.of(format);
    for (Shape shape : FormatShapes.of(format)) {
      schema.assertValid(shape.name(), STRICT.readTree(shape.body()));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void hasASchemaThatIsValidItselfAndRefusesAnythingElse(EventFormat format) throws IOException {
    JsonNode schema = STRICT.readTree(Path.of("docs", MessageSchema.file(format)).toFile());

    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(schema))
        .isEmpty();
    assertThat(MessageSchema.of(format).problems(STRICT.readTree("{\"mine\": 1}"))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void hasThePropertiesAndHeadersOfTheEnvelope(Shape shape) {
    EnvelopeSettings settings = shape.settings();
    Message message = shape.message();

    Message envelope =
        new Shape(
                "envelope",
                FormatShapes.settings(EventFormat.ENVELOPE, settings.view()),
                shape.event())
            .message();

    assertThat(message.messageId()).isEqualTo(envelope.messageId());
    assertThat(message.routingKey()).isEqualTo(envelope.routingKey());
    assertThat(message.type()).isEqualTo(envelope.type());
    assertThat(message.timestampSeconds()).isEqualTo(envelope.timestampSeconds());
    assertThat(message.headers()).containsAllEntriesOf(envelope.headers());
  }

  @Test
  void hasNoGoldenFileWithoutItsShape() {
    assumeThat(GoldenFile.WRITE).as("files are being written").isFalse();

    assertThat(shapes().stream().map(Shape::name).collect(Collectors.toSet()))
        .isEqualTo(GoldenFile.names("format"));
  }
}
