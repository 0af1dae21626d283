package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.ServerAddress;
import dev.sluice.pipeline.FailureKind;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonSerializationException;
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
}
