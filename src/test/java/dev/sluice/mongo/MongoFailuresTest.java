package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoSocketWriteException;
import com.mongodb.ServerAddress;
import dev.sluice.pipeline.FailureKind;
import java.io.EOFException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;

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
}
