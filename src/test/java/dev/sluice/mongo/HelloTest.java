package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.ConnectionString;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The replies are as servers of 4.2 and newer give them, without what nobody looks at. */
class HelloTest {
  private static final String SET = "mongodb://h/?replicaSet=s";
  private static final String DIRECT = "mongodb://h/?directConnection=true";

  private static final String SECONDARY =
      "{isWritablePrimary: false, secondary: true, setName: 's', me: 'h:1', primary: 'p:1',"
          + " operationTime: {$timestamp: {t: 7, i: 1}}}";

  private static BsonTimestamp time(String uri, String reply) {
    return new Hello(BsonDocument.parse(reply), "h").operationTime(new ConnectionString(uri));
  }

  private static PipelineException refusal(String uri, String reply) {
    return catchThrowableOfType(PipelineException.class, () -> time(uri, reply));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{isWritablePrimary: true, setName: 's', operationTime: {$timestamp: {t: 7, i: 1}}}",
        "{ismaster: true, setName: 's', operationTime: {$timestamp: {t: 7, i: 1}}}",
        SECONDARY
      })
  void aMemberOfTheSetTellsItsTime(String reply) {
    assertThat(time(SET, reply)).isEqualTo(new BsonTimestamp(7, 1));
  }

  @Test
  void aRouterNeedsNoSet() {
    assertThat(
            time(
                "mongodb://h/",
                "{isWritablePrimary: true, msg: 'isdbgrid', operationTime: {$timestamp: {t: 7, i:"
                    + " 1}}}"))
        .isEqualTo(new BsonTimestamp(7, 1));
  }

  @Test
  void aStandaloneHasNoChangeStreams() {
    PipelineException refusal = refusal("mongodb://h/", "{isWritablePrimary: true}");

    assertThat(refusal.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refusal).hasMessageContaining("standalone").hasMessageContaining("--replSet");
  }

  @Test
  void aServerWhoseSetIsNotInitiatedIsWaitedFor() {
    PipelineException refusal =
        refusal("mongodb://h/", "{isWritablePrimary: false, isreplicaset: true}");

    assertThat(refusal.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(refusal).hasMessageContaining("rs.initiate()");
  }

  @Test
  void aDirectConnectionToASecondaryNamesThePrimary() {
    PipelineException refusal = refusal(DIRECT, SECONDARY);

    assertThat(refusal.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refusal)
        .hasMessageContaining("is not the primary of its set, which is p:1")
        .hasMessageContaining(
            "take directConnection out of MONGO_DATABASE_HOST and add replicaSet=s");
  }

  @Test
  void aDirectConnectionToAnArbiterIsRefused() {
    PipelineException refusal =
        refusal(
            DIRECT, "{isWritablePrimary: false, arbiterOnly: true, setName: 's', primary: 'p:1'}");

    assertThat(refusal.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refusal).hasMessageContaining("an arbiter");
  }

  /** It may become the primary itself. */
  @Test
  void aDirectConnectionIsWaitedForWhileThereIsNoPrimary() {
    assertThat(refusal(DIRECT, "{isWritablePrimary: false, secondary: true, setName: 's'}").kind())
        .isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aSetThatTheUriDoesNotNameIsNamed() {
    assertThat(refusal("mongodb://h/", SECONDARY)).hasMessageContaining("add replicaSet=s");
  }

  @Test
  void aServerThatDoesNotTellItsTimeIsWaitedFor() {
    assertThat(refusal(SET, "{isWritablePrimary: true, setName: 's'}").kind())
        .isEqualTo(FailureKind.TRANSIENT);
  }
}
