package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteError;
import dev.sluice.pipeline.FailureKind;
import java.io.EOFException;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
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
    return new MongoCommandException(
        new BsonDocument("code", new BsonInt32(code)), new ServerAddress());
  }

  private static FailureKind kind(Throwable failure) {
    return MongoFailures.recognise(failure, "somewhere").kind();
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
  @ValueSource(ints = {260, 280, 286, 40576, 40585, 40615, 9, 40647, 40649, 50811})
  void aPositionThatTheSetDoesNotHaveIsLostToItsStream(int code) {
    assertThat(MongoFailures.lostPosition(code(code)))
        .hasValueSatisfying(lost -> assertThat(lost.kind()).isEqualTo(FailureKind.POSITION_LOST));
  }

  /** Nothing must be passed over because a checkpoint could not be written. */
  @ParameterizedTest
  @ValueSource(ints = {260, 280, 286, 40576, 40585, 40615, 9, 40647, 40649, 50811})
  void noOtherCommandLosesAPosition(int code) {
    assertThat(kind(code(code))).isEqualTo(FailureKind.BUG);
  }

  @Test
  void aWriteErrorIsJudgedByItsCodeToo() {
    assertThat(kind(write(13))).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(kind(write(14031))).isEqualTo(FailureKind.TRANSIENT);
    assertThat(kind(write(2))).isEqualTo(FailureKind.BUG);
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
    return MongoFailures.recognise(
            new MongoCommandException(reply, new ServerAddress()), "somewhere")
        .getMessage();
  }
}
