package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.ConnectionString;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MongoUriTest {
  private static final String URI = "mongodb://me:hush@host/?replicaSet=x";

  private static Settings read(String uri) {
    return SettingsReader.read(Map.of("MONGO_DATABASE_HOST", uri), Path.of("no-such-file"));
  }

  private static List<String> problems(String uri) {
    return catchThrowableOfType(WrongSettings.class, () -> read(uri)).problems();
  }

  @Test
  void knowsWhatTheDriverKnows() throws ReflectiveOperationException {
    Field keys = ConnectionString.class.getDeclaredField("ALL_KEYS");
    keys.setAccessible(true);

    assertThat(MongoUri.KNOWN.stream().<Object>map(known -> known.toLowerCase(Locale.ROOT)))
        .containsExactlyInAnyOrder(((Collection<?>) keys.get(null)).toArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "authSorce=admin | has the option authSorce, which is unknown: did you mean authSource?",
        "replicaset=x&RetryWrite=false | has the option RetryWrite, which is unknown: did you mean"
            + " retryWrites?",
        "tlsCAFile=/x | has the option tlsCAFile, which is unknown: remove it, and set"
            + " MONGO_DATABASE_TLS_CA_FILE instead.",
        "somethingElse=1 | has the option somethingElse, which is unknown: remove it.",
        "replicaSet=y | has the option replicaSet twice, with different values: leave one out.",
        "w | has the option w without a value: give it one, or leave it out.",
        "authSource= | has the option authSource without a value: give it one, or leave it out.",
        "a-b=c | has an option whose name is no word: write ?name=value&name=value.",
        "tls=maybe | has an option tls that is neither true nor false: write one of them.",
        "retryWrites=on | has an option retryWrites that is neither true nor false: write one of"
            + " them.",
        "timeoutMS=1000 | has the option timeoutMS, which cannot be used, because each operation has"
            + " a limit of its own, and a change stream must have none: remove it.",
        "proxyHost=p | has the option proxyHost, which cannot be used, because the reactive driver"
            + " does not speak to proxies: remove it.",
        "loadBalanced=true | has the option loadBalanced, which cannot be used, because behind a load"
            + " balancer nobody can be told from anybody: remove it.",
        "w=0 | has the option w=0, which cannot be used, because unacknowledged, a position may be"
            + " saved or not: remove it.",
        "readConcernLevel=local | has the option readConcernLevel, which cannot be used, because a"
            + " change stream reads with majority and nothing else: remove it.",
        "socketTimeoutMS=999 | has an option socketTimeoutMS below 2000 (0 is for none), but an idle"
            + " change stream answers once a second: raise it, or remove it.",
        "serverSelectionTimeoutMS=-1 | has an option serverSelectionTimeoutMS below 1, but less would"
            + " find no server, or wait for one for ever: raise it, or remove it."
      })
  void refusesAnOptionThatCannotBeMeant(String option, String problem) {
    assertThat(problems(URI + "&" + option)).containsExactly("MONGO_DATABASE_HOST " + problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "zlib,zstd", "foo"})
  void refusesCompressorsForWhichThereIsNoLibrary(String compressors) {
    assertThat(problems(URI + "&compressors=" + compressors))
        .singleElement()
        .asString()
        .startsWith("MONGO_DATABASE_HOST has an option compressors with something else than zlib");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compressors=zlib&zlibCompressionLevel=6",
        "w=1&journal=false&wtimeoutMS=5",
        "retryWrites=false;retryReads=FALSE",
        "directConnection=true",
        "loadBalanced=false",
        "replicaSet=x",
        "readPreference=nearest&readPreferenceTags=dc:a&readPreferenceTags=",
        "readPreference=secondary&readPreferenceTags=dc:a&readPreferenceTags=dc:b",
        "readConcernLevel=majority",
        "socketTimeoutMS=0",
        "tls=1&ssl=true",
        "appName=me@home"
      })
  void takesWhatTheDriverCanDo(String options) {
    assertThat(read(URI + "&" + options)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://me:hu?sh=1@host/?tls=maybe",
        "mongodb://me:hu/?hush=1@host",
        "mongodb://me:a?hush@host",
      })
  void doesNotTakeAPasswordForAnOption(String uri) {
    List<String> problems;
    try {
      read(uri);
      problems = List.of();
    } catch (WrongSettings e) {
      problems = e.problems();
    }
    assertThat(problems.toString()).doesNotContain("hush").doesNotContain("sh=1");
  }

  @Test
  void refusesABlankAtAnEnd() {
    assertThat(problems(URI + " "))
        .containsExactly(
            "MONGO_DATABASE_HOST has a blank or a line end at its beginning or its end: remove it.");
  }
}
