package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.sluice.config.EventFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;

/** A published schema, as it lies in the jar. */
final class MessageSchema {
  static final String RESOURCE = "/dev/sluice/change-event.schema.json";

  private final JsonSchema schema;

  /** Of the envelope and the document format. */
  MessageSchema() {
    this(RESOURCE);
  }

  static MessageSchema of(EventFormat format) {
    return new MessageSchema("/dev/sluice/" + file(format));
  }

  /** Its name in {@code docs} and in the jar. */
  static String file(EventFormat format) {
    return switch (format) {
      case ENVELOPE, DOCUMENT, CLOUDEVENTS_BINARY -> "change-event.schema.json";
      default -> format.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".schema.json";
    };
  }

  private MessageSchema(String resource) {
    try (InputStream in = MessageSchema.class.getResourceAsStream(resource)) {
      assertThat(in).as("the schema in the jar").isNotNull();
      SchemaValidatorsConfig strict =
          SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
      schema = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(in, strict);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void assertValid(String name, JsonNode event) {
    assertThat(problems(event)).as(name).isEmpty();
  }

  Set<ValidationMessage> problems(JsonNode event) {
    return schema.validate(event);
  }
}
