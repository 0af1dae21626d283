package dev.sluice.cli;

import dev.sluice.pipeline.FailureKind;

/** What the process ends with; docs/ENDINGS.md has the table. */
final class ExitCode {
  static final int OK = 0;

  /** The command did its work and the result is bad: events missing, writes refused. */
  static final int FAILED = 1;

  /** A setting or an option is wrong. */
  static final int WRONG_SETTINGS = 2;

  /** A server refuses what is asked of it, or the checkpoint is to be mended. */
  static final int MISCONFIGURED = 3;

  static final int POSITION_LOST = 4;

  /** Nothing fails, and something is warned of: the doctor alone ends so. */
  static final int WARNED = 5;

  /** An event cannot be published. */
  static final int POISON_EVENT = 6;

  /** No queue takes an event, and the settings say to stop then. */
  static final int UNROUTABLE = 7;

  /** A mistake of ours; as sysexits.h has it (EX_SOFTWARE). */
  static final int BUG = 70;

  private ExitCode() {}

  static int of(FailureKind kind) {
    return switch (kind) {
      case TRANSIENT, TAKEN_OVER -> FAILED;
      case UNROUTABLE -> UNROUTABLE;
      case POSITION_LOST -> POSITION_LOST;
      case POISON_EVENT -> POISON_EVENT;
      case MISCONFIGURED -> MISCONFIGURED;
      case BUG -> BUG;
    };
  }
}
