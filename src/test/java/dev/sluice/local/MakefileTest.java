package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.local.BareMachine.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Makefile where there is next to nothing, with stand-ins for Java and Maven. */
class MakefileTest {
  @TempDir Path directory;
  private BareMachine machine;

  @BeforeEach
  void hasStandIns() throws Exception {
    machine =
        new BareMachine(directory)
            .program(
                "java",
                "case \"$*\" in",
                "  -version) echo 'openjdk version \"17.0.2\" 2022-01-18' >&2 ;;",
                "  *ClassArchive*) echo archive >\"${@: -1}\" ;;",
                "  *) echo \"runs ${@: -1}\" ;;",
                "esac")
            .program("javac", "echo 'javac 17.0.2'")
            .program(
                "mvn",
                "case \"$*\" in",
                "  -v) echo 'Apache Maven 3.8.7' ;;",
                "  *package*) mkdir -p target; echo jar >target/sluice.jar ;;",
                "  *test-compile*) mkdir -p target/test-classes; echo . >target/test-classpath.txt ;;",
                "  *) echo \"maven does $*\" ;;",
                "esac");
  }

  @Test
  void showsItsTargetsWithBashAlone() throws Exception {
    Ended help = machine.without("java").without("javac").without("mvn").make();

    assertThat(help.code()).isZero();
    assertThat(help.output())
        .contains("  make help             Shows this help")
        .containsPattern("  make local-start +Starts MongoDB");
  }

  @ParameterizedTest
  @CsvSource({
    "javac, local-start, openjdk-17-jdk-headless",
    "javac, build, openjdk-17-jdk-headless",
    "javac, test, openjdk-17-jdk-headless",
    "mvn, demo, maven",
    "mvn, local-start-cdc, maven",
    "mvn, test, maven",
    "java, local-start, openjdk-17-jre-headless",
    "java, demo, openjdk-17-jre-headless",
  })
  void saysWhichPackageBringsWhatIsMissing(String missing, String target, String packageName)
      throws Exception {
    Ended ended = machine.without(missing).make(target);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(sentences(ended))
        .singleElement()
        .asString()
        .startsWith(missing)
        .contains(" is missing: install " + packageName + " (Debian, Ubuntu", "Fedora", "Homebrew");
    assertThat(machine.file("target/sluice.jar")).doesNotExist();
  }

  @Test
  void asksForTheJdkAloneWhereThereIsNoJavaAtAll() throws Exception {
    Ended ended = machine.without("java").without("javac").make("build");

    assertThat(sentences(ended)).singleElement().asString().startsWith("javac is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "javac, javac 11.0.22, build, javac is of Java 11",
    "javac, javac 1.8.0_292, build, javac is of Java 8",
    "java, openjdk version \"11.0.2\" 2018-10-16, local-start, java is of Java 11",
    "mvn, Apache Maven 3.6.2, test, mvn is Maven 3.6.2",
  })
  void saysWhatIsTooOld(String program, String version, String target, String sentence)
      throws Exception {
    Ended ended = machine.program(program, "echo '" + version + "'").make(target);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(sentences(ended))
        .singleElement()
        .asString()
        .startsWith(sentence + ", and Sluice needs ")
        .contains(": install ");
  }

  @Test
  void runsWhatIsBuiltWithoutACompiler() throws Exception {
    machine.make("build");
    machine.without("javac").without("mvn");

    assertThat(machine.make("local-start-cdc")).isEqualTo(new Ended(0, "runs 127.0.0.1:8080\n"));
  }

  @Test
  void saysWhatTakesLongAndNothingWhenThereIsNothingToDo() throws Exception {
    Ended first = machine.make("local-tail");
    Ended second = machine.make("local-tail");

    assertThat(first.output().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Building target/sluice.jar"),
            line -> assertThat(line).startsWith("Compiling the tests"),
            line -> assertThat(line).startsWith("Writing the class archive target/sluice.jsa"),
            line -> assertThat(line).isEqualTo("runs tail"));
    assertThat(second.output()).isEqualTo("runs tail\n");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    machine.make("build");
    Files.setLastModifiedTime(
        machine.file("src/main/java/Main.java"), FileTime.from(Instant.now().plusSeconds(1)));

    assertThat(machine.make("build").output()).contains("Building target/sluice.jar");
  }

  /** What make itself says of it is left out. */
  private static List<String> sentences(Ended ended) {
    return ended.output().lines().filter(line -> !line.startsWith("make: ***")).toList();
  }
}
