package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInternalException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteError;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterType;
import dev.sluice.config.SettingKey;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.EOFException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.BsonSerializationException;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoFailuresTest {
  private static final MongoCredential CREDENTIAL =
      MongoCredential.createCredential("user", "admin", "x".toCharArray());

  private static MongoCommandException code(int code) {
    return code(code, "no");
  }

  private static MongoCommandException code(int code, String words) {
    return new MongoCommandException(
        new BsonDocument("code", new BsonInt32(code)).append("errmsg", new BsonString(words)),
        new ServerAddress());
  }

  private static FailureKind kind(Throwable failure) {
    return recognised(failure, Doing.OTHER).kind();
  }

  private static PipelineException recognised(Throwable failure, Doing doing) {
    return new MongoFailures("somewhere", SettingKey.MONGO_DATABASE_HOST_FILE, doing)
        .recognise(failure);
  }

  @Test
  void aReplyForWhichThereIsNoMemoryIsNotWaitedFor() {
    Throwable unread =
        new MongoInternalException("no", new OutOfMemoryError("Cannot reserve direct memory"));

    assertThat(recognised(unread, Doing.OTHER))
        .hasMessageContaining("-XX:MaxDirectMemorySize")
        .extracting(PipelineException::kind)
        .isEqualTo(FailureKind.BUG);
  }

  @Test
  void aLoginThatTheServerRefusesIsAMisconfiguration() {
    assertThat(kind(new MongoSecurityException(CREDENTIAL, "no", code(18))))
        .isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(kind(new MongoSecurityException(CREDENTIAL, "no mechanism")))
        .isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void aLoginThatTheNetworkCutsShortIsTransient() {
    MongoSocketReadException cut =
        new MongoSocketReadException("Prematurely reached end of stream", new ServerAddress());

    assertThat(kind(new MongoSecurityException(CREDENTIAL, "cut", cut)))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aHandshakeThatTheServerRefusesIsAMisconfiguration() {
    MongoSocketWriteException refused =
        new MongoSocketWriteException(
            "sending", new ServerAddress(), new SSLHandshakeException("bad_certificate"));

    assertThat(kind(refused)).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(kind(new MongoSecurityException(CREDENTIAL, "login", refused)))
        .isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void aNetworkThatBreaksUnderTlsIsTransient() {
    SSLHandshakeException cut = new SSLHandshakeException("Remote host terminated the handshake");
    cut.initCause(new EOFException());
    assertThat(kind(new MongoSocketWriteException("sending", new ServerAddress(), cut)))
        .isEqualTo(FailureKind.TRANSIENT);
    assertThat(
            kind(
                new MongoSocketReadException(
                    "reading", new ServerAddress(), new SSLException("Tag mismatch"))))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aLoginThatAServerGoingDownDoesNotAnswerIsTransient() {
    assertThat(kind(new MongoSecurityException(CREDENTIAL, "going down", code(11600))))
        .isEqualTo(FailureKind.TRANSIENT);
    assertThat(kind(new MongoSecurityException(CREDENTIAL, "no primary to ask", code(91))))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aDriverThatStumblesByItselfIsTransientAndOurOwnMistakeIsNot() {
    StackTraceElement driver =
        new StackTraceElement("org.bson.ByteBufNIO", "hasRemaining", "ByteBufNIO.java", 91);
    StackTraceElement ours = new StackTraceElement("dev.sluice.mongo.X", "decode", "X.java", 1);
    NullPointerException failure = new NullPointerException("buf");
    failure.setStackTrace(new StackTraceElement[] {driver, driver});
    assertThat(kind(failure)).isEqualTo(FailureKind.TRANSIENT);

    failure.setStackTrace(new StackTraceElement[] {driver, ours});
    assertThat(kind(failure)).isEqualTo(FailureKind.BUG);
  }

  @Test
  void aDamagedReplyIsTransient() {
    assertThat(kind(new BsonSerializationException("Size -1 is not valid because it is negative.")))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  /**
   * The resumable errors of the drivers' change streams specification, and what servers say while
   * they start, are elected, run out of something or interrupt what runs.
   */
  @ParameterizedTest
  @ValueSource(
      ints = {
        6, 7, 43, 63, 89, 91, 133, 150, 189, 234, 262, 9001, 10107, 11600, 11602, 13388, 13435,
        13436, 50, 64, 94, 100, 112, 134, 136, 175, 211, 216, 237, 246, 371, 11601, 14031, 462
      })
  void whatTheSetGetsOverByItselfIsTransient(int code) {
    assertThat(kind(code(code))).isEqualTo(FailureKind.TRANSIENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {260, 280, 286, 40576, 40585, 40615, 40649, 50811})
  void aPositionThatTheSetDoesNotHaveIsLostToItsStream(int code) {
    assertThat(MongoFailures.lostPosition(code(code)))
        .hasValueSatisfying(lost -> assertThat(lost.kind()).isEqualTo(FailureKind.POSITION_LOST));
    assertThat(MongoFailures.mayBeForThePosition(code(code))).as("is for sure").isFalse();
  }

  /** What servers answer to a damaged token, and what any of them may come to answer. */
  @ParameterizedTest
  @ValueSource(ints = {9, 15, 40647, 2, 14, 73, 166, 13, 99999})
  void anyRefusalMayBeForThePosition(int code) {
    assertThat(MongoFailures.mayBeForThePosition(code(code))).isTrue();
    assertThat(MongoFailures.lostPosition(code(code))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {10107, 11600, 50, 10334})
  void whatPassesOrIsForAnEventIsNotForThePosition(int code) {
    assertThat(MongoFailures.mayBeForThePosition(code(code))).isFalse();
  }

  /** Nothing must be passed over because a checkpoint could not be written. */
  @ParameterizedTest
  @ValueSource(ints = {260, 280, 286, 40576, 40585, 40615, 9, 15, 40647, 40649, 50811})
  void noOtherCommandLosesAPosition(int code) {
    assertThat(kind(code(code))).isEqualTo(FailureKind.MISCONFIGURED);
  }

  /** It has understood and refused; that is no bug, and will be so again. */
  @ParameterizedTest
  @ValueSource(ints = {2, 9, 14, 15, 40, 72, 73, 148, 166, 167, 40324, 5107200})
  void aServerThatRefusesInAWayWeDoNotKnowIsToldInItsWords(int code) {
    PipelineException refused = recognised(code(code, "its words"), Doing.WATCHING);

    assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(refused)
        .hasMessageContaining("(while reading the change stream, MongoDB says: " + code)
        .hasMessageContaining("its words")
        .hasMessageNotContaining("bug");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 8})
  void aServerThatDoesNotKnowWhatWentWrongMayDoBetterNextTime(int code) {
    assertThat(kind(code(code))).isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aViewIsToldByWhatWasBeingDone() {
    assertThat(recognised(code(166), Doing.WATCHING)).hasMessageContaining("SLUICE_COLLECTION");
    assertThat(recognised(code(166), Doing.CHECKPOINT))
        .hasMessageContaining("\"sluice.checkpoints\" is a view")
        .hasMessageNotContaining("SLUICE_COLLECTION");
  }

  @Test
  void aRefusedLoginNamesTheKeyThatTheUriCameBy() {
    assertThat(recognised(code(18), Doing.OTHER))
        .hasMessageContaining("authSource in MONGO_DATABASE_HOST_FILE");
    assertThat(recognised(new MongoSecurityException(CREDENTIAL, "no"), Doing.OTHER))
        .hasMessageContaining("authSource in MONGO_DATABASE_HOST_FILE");
  }

  @Test
  void aMissingPrivilegeIsToldWithTheCommand() {
    assertThat(recognised(code(13, "not authorized to execute command"), Doing.CHECKPOINT))
        .hasMessageContaining("lacks a privilege")
        .hasMessageContaining("while keeping the position in sluice.checkpoints")
        .hasMessageContaining("not authorized to execute command");
  }

  /** A server may repeat the whole command that it refuses. */
  /** The driver refuses to send it, or the server to keep it. */
  @Test
  void aSnapshotWhoseRestIsTooMuchToBeKeptIsToldWithTheRemedy() {
    for (Throwable failure :
        List.of(new BsonMaximumSizeExceededException("no"), code(17419), code(10334))) {
      PipelineException recognised = recognised(failure, Doing.CHECKPOINT);

      assertThat(recognised.kind()).isEqualTo(FailureKind.MISCONFIGURED);
      assertThat(recognised).hasMessageContaining("sluice position drop-snapshot");
    }
  }

  @Test
  void theServersWordsAreCutShort() {
    assertThat(recognised(code(2, "x".repeat(100_000)), Doing.OTHER).getMessage())
        .hasSizeLessThan(1_000);
  }

  @Test
  void aServerThatIsTooOldIsAMisconfiguration() {
    MongoIncompatibleDriverException old =
        new MongoIncompatibleDriverException(
            "requires at least 8 (MongoDB 4.2)",
            new ClusterDescription(
                ClusterConnectionMode.MULTIPLE, ClusterType.REPLICA_SET, List.of()));

    assertThat(kind(old)).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(recognised(old, Doing.OTHER)).hasMessageContaining("MongoDB 4.2");
  }

  @Test
  void aWriteErrorIsJudgedByItsCodeToo() {
    assertThat(kind(write(13))).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(kind(write(14031))).isEqualTo(FailureKind.TRANSIENT);
    assertThat(kind(write(2))).isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void whatIsNoFailureOfAServerIsABug() {
    assertThat(kind(new IllegalStateException("impossible"))).isEqualTo(FailureKind.BUG);
  }

  private static MongoWriteException write(int code) {
    return new MongoWriteException(
        new WriteError(code, "no", new BsonDocument()), new ServerAddress(), Set.of());
  }

  @Test
  void theSameFailureAgainHasTheSameSentence() {
    assertThat(sentence(1)).isEqualTo(sentence(2)).contains("not primary").endsWith(")");
  }

  private static String sentence(int clusterTime) {
    BsonDocument reply =
        new BsonDocument("code", new BsonInt32(10107))
            .append("errmsg", new BsonString("not primary"))
            .append("operationTime", new BsonTimestamp(clusterTime, 1));
    return recognised(new MongoCommandException(reply, new ServerAddress()), Doing.OTHER)
        .getMessage();
  }
}
