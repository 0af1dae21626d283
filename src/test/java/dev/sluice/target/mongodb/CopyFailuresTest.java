package dev.sluice.target.mongodb;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import dev.sluice.consume.Event;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyFailuresTest {
  private static final ServerAddress SERVER = new ServerAddress("a", 1);
  private static final Event ONE = insert(PLAYS, key(1), position(1), "{}");
  private static final Event TWO = insert(PLAYS, key(2), position(2), "{}");

  private final CopyFailures failures = new CopyFailures("mongodb://a");

  private static MongoBulkWriteException write(int code, String message) {
    return new MongoBulkWriteException(
        BulkWriteResult.acknowledged(0, 0, 0, 0, List.of(), List.of()),
        List.of(new BulkWriteError(code, message, new BsonDocument(), 1)),
        null,
        SERVER,
        Set.of());
  }

  private static MongoCommandException command(int code) {
    return new MongoCommandException(
        new BsonDocument("code", new BsonInt32(code)).append("codeName", new BsonString("Name")),
        SERVER);
  }

  private TargetException ofDocuments(RuntimeException failure) {
    return (TargetException) failures.ofDocuments(failure, List.of(ONE, TWO));
  }

  private TargetException recognised(RuntimeException failure) {
    return (TargetException) failures.recognise(failure);
  }

  @ParameterizedTest
  @CsvSource({
    "11000, Another document of the copy has its value in the unique index word_1",
    "121, It does not meet the validator of the copy's collection (121)",
    "16755, mongodb://a refuses it with the code 16755"
  })
  void aWriteThatAServerRefusesNamesItsEventAndShowsNothingOfIt(int code, String sentence) {
    TargetException refused =
        ofDocuments(
            write(code, "E collection: copy.plays index: word_1 dup key: { word: \"QUIZ\" }"));

    assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
    assertThat(refused.event()).contains(TWO);
    assertThat(refused).hasMessage(sentence).hasNoCause();
  }

  @Test
  void aWriteConflictIsTriedAgainWhereverItIsToldOf() {
    assertThat(ofDocuments(write(112, "WriteConflict")).kind()).isEqualTo(Kind.UNAVAILABLE);
    MongoCommandException conflict = command(17);
    conflict.addLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL);
    assertThat(ofDocuments(conflict).kind()).isEqualTo(Kind.UNAVAILABLE);
    MongoCommandException unknown = command(50);
    unknown.addLabel(MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL);
    assertThat(recognised(unknown).kind()).isEqualTo(Kind.UNAVAILABLE);
  }

  @ParameterizedTest
  @CsvSource({"10334, REFUSED", "15, REFUSED", "13, UNUSABLE", "263, UNUSABLE", "91, UNAVAILABLE"})
  void aCommandThatWritesDocumentsIsRefusedForOneOfThemByFewCodes(int code, Kind kind) {
    assertThat(ofDocuments(command(code)).kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "13, UNUSABLE",
    "18, UNUSABLE",
    "73, UNUSABLE",
    "166, UNUSABLE",
    "59, UNUSABLE",
    "8, UNAVAILABLE",
    "10107, UNAVAILABLE",
    "11602, UNAVAILABLE",
    "64, UNAVAILABLE"
  })
  void whatAServerSaysIsTakenByItsCode(int code, Kind kind) {
    assertThat(recognised(command(code)).kind()).isEqualTo(kind);
  }

  @Test
  void aNetworkThatFailsIsWaitedForAlsoDuringALogin() {
    MongoSocketReadException lost = new MongoSocketReadException("lost", SERVER);
    MongoCredential login = MongoCredential.createCredential("u", "admin", "p".toCharArray());
    assertThat(recognised(lost).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(recognised(new MongoTimeoutException("none")).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(recognised(new MongoSecurityException(login, "x", lost)).kind())
        .isEqualTo(Kind.UNAVAILABLE);
    assertThat(recognised(new MongoSecurityException(login, "x", command(18))).kind())
        .isEqualTo(Kind.UNUSABLE);
  }

  @Test
  void aFaultOfOursIsNotTakenForOneOfTheServers() {
    RuntimeException bug = new NullPointerException();
    assertThat(failures.recognise(bug)).isSameAs(bug);
  }
}
