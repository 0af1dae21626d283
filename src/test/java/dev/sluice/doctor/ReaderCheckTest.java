package dev.sluice.doctor;

import static dev.sluice.doctor.Looked.assertFinding;

import dev.sluice.rabbit.PermissionTrials.Kind;
import dev.sluice.rabbit.PermissionTrials.Permission;
import dev.sluice.rabbit.ReaderFacts.Kept;
import dev.sluice.rabbit.ReaderFacts.Next;
import dev.sluice.rabbit.ReaderFacts.Outlet;
import dev.sluice.rabbit.ReaderFacts.Reader;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What is said of a consumer of a stream; {@code StreamInboxIT} makes each of the troubles. */
class ReaderCheckTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  private static ReaderCheck check(Reader reader) {
    return new ReaderCheck("copy", "plays", "carrier", Mono.just(reader));
  }

  private static Reader without(Outlet outlet, Permission... lacking) {
    return new Reader(
        "copy",
        List.of(lacking),
        outlet,
        false,
        "plays.copy.offset",
        Kept.NOTHING,
        NONE,
        Optional.empty(),
        NONE,
        NONE,
        Next.AS_IT_WAS);
  }

  /** Of a stream that reaches from 100 to 900 at least. */
  private static Reader reader(boolean isRead, Kept kept, long done, Next next) {
    return new Reader(
        "copy",
        List.of(),
        Outlet.STREAM,
        isRead,
        "plays.copy.offset",
        kept,
        kept == Kept.DONE ? OptionalLong.of(done) : NONE,
        kept == Kept.BEGINNING ? Optional.of("first") : Optional.empty(),
        OptionalLong.of(100),
        OptionalLong.of(900),
        next);
  }

  @Test
  void whatTheUserMayNotDoIsNamed() {
    assertFinding(
        check(
            without(Outlet.MISSING, new Permission(Kind.CONFIGURE, "queue", "plays.copy.offset"))),
        Verdict.FAILURE,
        "\"copy\": \"carrier\" may not",
        "docs/PRIVILEGES.md",
        "configure on the queue \"plays.copy.offset\"");
  }

  @Test
  void aStreamHasToBeThere() {
    assertFinding(
        check(without(Outlet.MISSING)),
        Verdict.FAILURE,
        "no stream \"plays\"",
        "start the pipeline");
    assertFinding(check(without(Outlet.NO_STREAM)), Verdict.SKIPPED, "\"plays\" is no stream");
  }

  @Test
  void whatIsKeptIsSaid() {
    assertFinding(
        check(reader(false, Kept.NOTHING, 0, Next.AS_IT_WAS)),
        Verdict.OK,
        "the stream begins at offset 100",
        "--from");
    assertFinding(
        check(reader(false, Kept.OF_OTHER_ARGUMENTS, 0, Next.AS_IT_WAS)),
        Verdict.FAILURE,
        "\"plays.copy.offset\"",
        "delete it");
    assertFinding(
        check(reader(false, Kept.EMPTY, 0, Next.AS_IT_WAS)),
        Verdict.WARNING,
        "is empty",
        "take away the policy");
    assertFinding(
        check(reader(true, Kept.BEGINNING, 0, Next.AS_IT_WAS)),
        Verdict.OK,
        "begun at first",
        "a process reads");
    assertFinding(
        check(reader(false, Kept.BEGINNING, 0, Next.REMOVED)),
        Verdict.FAILURE,
        "no longer has the message at offset first with which it began",
        "--on-gap apply");
  }

  @Test
  void howFarBehindItIsAndWhetherAnybodyReads() {
    assertFinding(
        check(reader(true, Kept.DONE, 400, Next.AS_IT_WAS)),
        Verdict.OK,
        "offset 400 is done, at least 500 messages are ahead",
        "begins at offset 100");
    assertFinding(
        check(reader(false, Kept.DONE, 400, Next.AS_IT_WAS)),
        Verdict.WARNING,
        "nobody reads under this name: start its consumer");
    assertFinding(
        check(reader(false, Kept.DONE, 905, Next.AS_IT_WAS)), Verdict.OK, "nothing known is ahead");
  }

  @Test
  void whatTheStreamNoLongerHasIsAFailureWithItsRemedy() {
    for (Next lost : List.of(Next.REMOVED, Next.ANOTHER, Next.NOTHING)) {
      assertFinding(
          check(reader(false, Kept.DONE, 50, lost)),
          Verdict.FAILURE,
          "offset 50",
          "take a snapshot",
          "--on-gap apply");
    }
  }
}
