package dev.sluice.prove;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a judge is to be shown in a test: writes, and messages that need not fit them. */
final class Docket {
  static final String NAMESPACE = "shop.orders";
  static final String QUEUE = "orders";

  private final List<AttemptedWrite> writes = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();
  private boolean images;
  private boolean commits;

  static Subject subject(String document) {
    return new Subject(NAMESPACE, document);
  }

  /** From now on every message must show what was before, and what an update left. */
  void withImages() {
    images = true;
  }

  /** From now on the end of each transaction must be marked. */
  void withCommits() {
    commits = true;
  }

  AttemptedWrite begun(
      String document, int sequence, WriteKind kind, Optional<TransactionAttempt> transaction) {
    String before = sequence == 0 ? States.NONE : document + (sequence - 1);
    String after = kind == WriteKind.DELETE ? States.NONE : document + sequence;
    AttemptedWrite write =
        new AttemptedWrite(
            new AttemptedWrite.Plan(
                subject(document), QUEUE, sequence, kind, new States(before, after), transaction),
            writes.size());
    transaction.ifPresent(attempt -> attempt.add(write));
    writes.add(write);
    return write;
  }

  AttemptedWrite uncertain(String document, int sequence, WriteKind kind) {
    return begun(document, sequence, kind, Optional.empty());
  }

  void acknowledged(String document, int sequence, WriteKind kind) {
    uncertain(document, sequence, kind).acknowledged(writes.size());
  }

  /** An insert, a delete, an insert, a delete, and an update of what was inserted again. */
  void acknowledgedLifeOfA() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("a", 1, WriteKind.DELETE);
    acknowledged("a", 2, WriteKind.INSERT);
    acknowledged("a", 3, WriteKind.DELETE);
    acknowledged("a", 4, WriteKind.INSERT);
    acknowledged("a", 5, WriteKind.UPDATE);
  }

  void arrives(String document, int sequence, WriteKind kind) {
    arrives(message(document, sequence, kind));
  }

  void arrives(Message message) {
    arrivals.add(message.arrival());
  }

  void arrives(Arrival arrival) {
    arrivals.add(arrival);
  }

  Verdict verdict() {
    return Judge.judge(writes, arrivals, new Terms(Set.of(NAMESPACE), images, commits));
  }

  List<String> found(Offence offence) {
    return verdict().findings().of(offence);
  }

  /** An insert that was begun and came at these times. */
  static Landing landing(String document, long begunAt, long at) {
    AttemptedWrite.Plan plan =
        new AttemptedWrite.Plan(
            subject(document),
            QUEUE,
            0,
            WriteKind.INSERT,
            new States(States.NONE, ""),
            Optional.empty());
    Arrival arrival = message(document, 0, WriteKind.INSERT).arrival();
    return new Landing(
        new AttemptedWrite(plan, begunAt),
        new Arrival(
            at,
            QUEUE,
            false,
            arrival.messageId(),
            arrival.event(),
            arrival.digest(),
            List.of(),
            arrival.partition()));
  }

  /** The right message of write n of a document, whose cluster time is n, with an id of its own. */
  static Message message(String document, int sequence, WriteKind kind) {
    return new Message(
        QUEUE,
        document + sequence,
        subject(document),
        kind.operation(),
        kind == WriteKind.DELETE ? Arrival.UNNUMBERED : sequence,
        position(sequence, 0),
        Optional.empty(),
        new Arrival.Images(
            Optional.empty(),
            kind == WriteKind.DELETE ? Optional.empty() : Optional.of(document + sequence)),
        "body of " + document + sequence,
        false,
        List.of());
  }

  static String position(int time, int index) {
    return "%016x%08x".formatted(time, index);
  }

  /** A message that a test makes a wrong one of. */
  record Message(
      String queue,
      String messageId,
      Subject subject,
      String operation,
      int sequence,
      String position,
      Optional<String> transaction,
      Arrival.Images images,
      String digest,
      boolean redelivered,
      List<String> leaks) {
    Arrival arrival() {
      Arrival.Event event =
          new Arrival.Event(subject, operation, sequence, position, transaction, Map.of(), images);
      return new Arrival(100, queue, redelivered, messageId, event, digest, leaks, "");
    }

    Message inQueue(String other) {
      return new Message(
          other,
          messageId,
          subject,
          operation,
          sequence,
          position,
          transaction,
          images,
          digest,
          redelivered,
          leaks);
    }

    Message withId(String other) {
      return new Message(
          queue,
          other,
          subject,
          operation,
          sequence,
          position,
          transaction,
          images,
          digest,
          redelivered,
          leaks);
    }

    Message about(Subject other) {
      return new Message(
          queue,
          messageId,
          other,
          operation,
          sequence,
          position,
          transaction,
          images,
          digest,
          redelivered,
          leaks);
    }

    Message withOperation(String other) {
      return new Message(
          queue,
          messageId,
          subject,
          other,
          sequence,
          position,
          transaction,
          images,
          digest,
          redelivered,
          leaks);
    }

    Message at(String otherPosition) {
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          otherPosition,
          transaction,
          images,
          digest,
          redelivered,
          leaks);
    }

    Message in(String otherTransaction) {
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          position,
          Optional.of(otherTransaction),
          images,
          digest,
          redelivered,
          leaks);
    }

    /** Nothing where it shows none. */
    Message showing(String before, String after) {
      Arrival.Images shown =
          new Arrival.Images(
              Optional.of(before).filter(text -> !text.isEmpty()),
              Optional.of(after).filter(text -> !text.isEmpty()));
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          position,
          transaction,
          shown,
          digest,
          redelivered,
          leaks);
    }

    Message withDigest(String other) {
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          position,
          transaction,
          images,
          other,
          redelivered,
          leaks);
    }

    Message handedOutAgain() {
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          position,
          transaction,
          images,
          digest,
          true,
          leaks);
    }

    Message leaking(String place) {
      return new Message(
          queue,
          messageId,
          subject,
          operation,
          sequence,
          position,
          transaction,
          images,
          digest,
          redelivered,
          List.of(place));
    }
  }
}
