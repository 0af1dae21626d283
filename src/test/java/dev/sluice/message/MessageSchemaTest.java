package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MessageSchema SCHEMA = new MessageSchema();

  @Test
  void isTheSameInTheDocumentationAndInTheJar() throws IOException {
    try (InputStream inJar = MessageSchema.class.getResourceAsStream(MessageSchema.RESOURCE)) {
      assertThat(new String(inJar.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(Files.readString(Path.of("docs/change-event.schema.json")));
    }
  }

  @Test
  void isItselfValidAgainstItsMetaSchema() throws IOException {
    JsonNode schema = JSON.readTree(Path.of("docs/change-event.schema.json").toFile());

    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"))
                .validate(schema))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "insert | | {\"mine\": 1}",
        "insert | | {\"document\": null}",
        "insert | | {\"operation\": \"drop\"}",
        "insert | | {\"operation\": \"mine\"}",
        "insert | | {\"_id\": null}",
        "insert | | {\"to\": {\"database\": \"a\", \"collection\": \"b\"}}",
        "drop | | {\"_id\": \"a\"}",
        "drop | | {\"document\": null}",
        "drop | | {\"operation\": \"insert\"}",
        "drop | /metadata | {\"idType\": \"int\"}",
        "rename | /to | {\"mine\": 1}",
        "replaced | /from | {\"mine\": 1}",
        "drop | | {\"from\": {\"database\": \"a\", \"collection\": \"b\"}}",
        "document-replaced | /metadata | {\"operation\": \"drop\"}",
        "gap | /gap | {\"from\": \"yesterday\"}",
        "gap | | {\"document\": null}",
        "gap | /metadata | {\"transaction\": {\"lsid\": \"68a0bf3d-eaa2-4194-8b0b-1bf8d2af0d15\", \"number\": 1}}",
        "gap | | {\"events\": 1}",
        "commit | | {\"collection\": \"scrabble\"}",
        "commit | | {\"document\": {\"_id\": \"a\"}}",
        "commit | | {\"events\": 0}",
        "commit | | {\"collections\": []}",
        "commit | /collections/0 | {\"mine\": 1}",
        "commit | /metadata/transaction | {\"index\": 1}",
        "document-commit | /metadata | {\"operation\": \"drop\"}",
        "document-drop | | {\"word\": \"QUIZ\"}",
        "document-drop | /metadata | {\"operation\": \"gap\"}",
        "insert | | {\"_id\": 1}",
        "insert | | {\"collection\": \"\"}",
        "insert | | {\"update\": {}}",
        "insert | /metadata | {\"mine\": 1}",
        "insert | /metadata | {\"eventId\": \"50FEB9F92C353473B5B74EC628970267\"}",
        "insert | /metadata | {\"eventId\": \"50feb9\"}",
        "insert | /metadata | {\"idType\": \"uuid\"}",
        "insert | /metadata | {\"clusterTime\": \"2026-11-20T25:02:03Z\"}",
        "insert | /metadata | {\"clusterTime\": \"2026-11-20T01:02:03.000Z\"}",
        "insert | /metadata | {\"clusterTimeIncrement\": 4294967296}",
        "insert | /metadata | {\"wallTime\": \"2026-11-20\"}",
        "insert | /metadata | {\"capturedAt\": \"2026-11-20T01:02:03.456Z\"}",
        "insert | /metadata | {\"documentSource\": \"lookup\"}",
        "insert | /metadata | {\"schema\": 2}",
        "insert | /metadata | {\"transaction\": {\"number\": 1}}",
        "insert | /document | {\"_id\": 1}",
        "update-lookup | /metadata | {\"documentSource\": \"event\"}",
        "update-lookup | /update | {\"mine\": 1}",
        "update-lookup | /update | {\"removedFields\": [1]}",
        "update-lookup | /update | {\"truncatedArrays\": [{\"field\": \"a\"}]}",
        "update-without-lookup | /metadata | {\"documentSource\": \"lookup\"}",
        "delete | | {\"document\": {\"_id\": \"a\"}}",
        "delete | /metadata | {\"documentSource\": \"event\"}",
        "document-replace | | {\"type\": 1}",
        "document-replace | | {\"entry_id\": 1}",
        "document-replace | /metadata | {\"mine\": 1}",
        "document-replace | /metadata | {\"document\": null}",
        "document-replace | /metadata | {\"operation\": \"drop\"}",
        "document-delete | | {\"word\": \"QUIZ\"}",
        "document-delete | /metadata | {\"documentSource\": \"event\"}",
        "document-update-without-lookup | /metadata | {\"document\": null}"
      })
  void refusesAMessageOncePartOfItIsChanged(String shape, String path, String change)
      throws IOException {
    JsonNode event = JSON.readTree(new GoldenFile("shape/" + shape).body());
    assertThat(SCHEMA.problems(event)).isEmpty();

    ((ObjectNode) event.at(path == null ? "" : path)).setAll((ObjectNode) JSON.readTree(change));

    assertThat(SCHEMA.problems(event)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "insert, , document",
    "insert, , operation",
    "insert, , metadata",
    "insert, /metadata, eventId",
    "insert, /metadata, documentSource",
    "insert, /metadata, clusterTime",
    "insert, /document, _id",
    "update-lookup, , update",
    "update-lookup, /metadata, documentSource",
    "update-lookup, /update, truncatedArrays",
    "insert, /metadata, idType",
    "rename, , to",
    "rename, /to, collection",
    "replaced, /from, collection",
    "gap, , gap",
    "commit, , document",
    "commit, , events",
    "commit, , collections",
    "commit, /collections/0, collection",
    "commit, /metadata, transaction",
    "document-commit, /metadata, events",
    "gap, /gap, reason",
    "document-rename, /metadata, to",
    "delete, , document",
    "transaction, /metadata/transaction, lsid",
    "document-replace, , entry_id",
    "document-replace, , type",
    "document-replace, /metadata, documentSource",
    "document-delete, /metadata, document"
  })
  void refusesAMessageOncePartOfItIsMissing(String shape, String path, String field)
      throws IOException {
    JsonNode event = JSON.readTree(new GoldenFile("shape/" + shape).body());
    assertThat(SCHEMA.problems(event)).isEmpty();

    assertThat(((ObjectNode) event.at(path == null ? "" : path)).remove(field)).isNotNull();

    assertThat(SCHEMA.problems(event)).isNotEmpty();
  }
}
