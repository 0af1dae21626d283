package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/** The published schema, as it lies in the jar. */
final class MessageSchema {
  static final String RESOURCE = "/dev/sluice/change-event.schema.json";

  private final JsonSchema schema;

  MessageSchema() {
    try (InputStream in = MessageSchema.class.getResourceAsStream(RESOURCE)) {
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
