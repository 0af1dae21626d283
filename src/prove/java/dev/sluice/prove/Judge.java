package dev.sluice.prove;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds what was written against what came out. It sees no server and no clock: the same two lists
 * give the same verdict. For one thread, once.
 */
final class Judge {
  /** The operations that are writes. */
  static final Set<String> WRITES =
      Stream.of(WriteKind.values()).map(WriteKind::operation).collect(Collectors.toSet());

  /** In one queue a message-id is one message. */
  private record Slot(String queue, String messageId) {}

  private final Terms terms;
  private final Map<Subject, TreeMap<Integer, AttemptedWrite>> writes = new HashMap<>();
  private final Map<String, Arrival> owners = new HashMap<>();
  private final Map<Slot, Arrival> firsts = new LinkedHashMap<>();
  private final Map<Subject, String> partitions = new HashMap<>();
  private final Map<AttemptedWrite, Landing> landings = new LinkedHashMap<>();
  private final List<Arrival> commits = new ArrayList<>();
  private final Findings findings = new Findings();
  private final Map<String, Integer> others = new TreeMap<>();
  private final List<Repeats.Repeat> repeats = new ArrayList<>();
  private long redelivered;

  private Judge(Terms terms) {
    this.terms = terms;
  }

  /**
   * @param writes those of one document in ascending order
   * @param arrivals those of one queue in the order in which they came
   */
  static Verdict judge(Collection<AttemptedWrite> writes, List<Arrival> arrivals, Terms terms) {
    Judge judge = new Judge(terms);
    for (AttemptedWrite write : writes) {
      judge
          .writes
          .computeIfAbsent(write.subject(), subject -> new TreeMap<>())
          .put(write.sequence(), write);
    }
    arrivals.forEach(judge::sortOutRepeats);
    judge.holdAgainstWrites();
    PositionCheck.check(judge.landings.values(), judge.findings);
    TransactionCheck.check(writes, judge.landings, judge.findings);
    CommitCheck.check(writes, judge.landings, judge.commits, terms, judge.findings);
    return judge.verdict(writes);
  }

  private void sortOutRepeats(Arrival arrival) {
    Arrival.Event event = arrival.event();
    for (String place : arrival.leaks()) {
      findings.add(Offence.LEAKED, "%s of %s (message-id %s)", place, event, arrival.messageId());
    }
    checkPartition(arrival);
    Arrival owner = owners.putIfAbsent(arrival.messageId(), arrival);
    if (owner != null && !owner.event().isSameAs(event)) {
      findings.add(
          Offence.CHANGED,
          "message-id %s stands for %s and for %s",
          arrival.messageId(),
          owner.event(),
          event);
    }
    Arrival first = firsts.putIfAbsent(new Slot(arrival.queue(), arrival.messageId()), arrival);
    if (first == null) {
      return;
    }
    if (arrival.redelivered()) {
      redelivered++;
    } else {
      repeats.add(new Repeats.Repeat(first.at(), arrival.at()));
    }
    if (first.event().isSameAs(event) && !first.digest().equals(arrival.digest())) {
      findings.add(
          Offence.CHANGED,
          "the body of %s (message-id %s) differs in a repeat",
          event,
          arrival.messageId());
    }
  }

  /** Repeats count as well: also what a paused process sends late must be of its own documents. */
  private void checkPartition(Arrival arrival) {
    if (!WRITES.contains(arrival.event().operation())) {
      return;
    }
    Subject subject = arrival.event().subject();
    String before = partitions.putIfAbsent(subject, arrival.partition());
    if (before != null && !before.equals(arrival.partition())) {
      findings.add(
          Offence.TWO_PARTITIONS,
          "%s came from partition %s and from partition %s",
          subject,
          before,
          arrival.partition());
    }
  }

  private void holdAgainstWrites() {
    Map<Arrival, Integer> deletes = DeleteNumbers.of(firsts.values(), writes);
    Map<Subject, Integer> newest = new HashMap<>();
    for (Arrival first : firsts.values()) {
      Arrival.Event event = first.event();
      if (event.operation().equals(Arrival.UNREADABLE)) {
        findings.add(Offence.CHANGED, "a message cannot be read: %s", first.digest());
      } else if (event.isCommit()) {
        commits.add(first);
        others.merge(event.operation(), 1, Integer::sum);
      } else if (!terms.namespaces().contains(event.subject().namespace())) {
        findings.add(Offence.OUT_OF_SCOPE, "%s (message-id %s)", event, first.messageId());
      } else if (!WRITES.contains(event.operation())) {
        others.merge(event.operation(), 1, Integer::sum);
      } else {
        int sequence = deletes.getOrDefault(first, event.sequence());
        holdAgainst(
            writes.getOrDefault(event.subject(), new TreeMap<>()).get(sequence), first, newest);
      }
    }
  }

  private void holdAgainst(AttemptedWrite write, Arrival first, Map<Subject, Integer> newest) {
    if (write == null || !write.kind().operation().equals(first.event().operation())) {
      findings.add(
          Offence.CHANGED, "nobody wrote %s (message-id %s)", first.event(), first.messageId());
    } else if (write.isAborted()) {
      findings.add(Offence.ABORTED, "%s came out", write);
    } else if (!write.queue().equals(first.queue())) {
      findings.add(
          Offence.WRONG_QUEUE,
          "%s came to %s and belongs to %s",
          write,
          first.queue(),
          write.queue());
    } else if (landings.putIfAbsent(write, new Landing(write, first)) != null) {
      findings.add(
          Offence.CHANGED, "%s came out under a second message-id %s", write, first.messageId());
    } else {
      checkOrder(write, newest);
      ImageCheck.check(write, first, terms, findings);
    }
  }

  private void checkOrder(AttemptedWrite write, Map<Subject, Integer> newest) {
    int before = newest.getOrDefault(write.subject(), -1);
    if (write.sequence() < before) {
      findings.add(Offence.REORDERED, "%s came behind write %d", write, before);
    } else {
      newest.put(write.subject(), write.sequence());
    }
  }

  private Verdict verdict(Collection<AttemptedWrite> all) {
    List<AttemptedWrite> due = all.stream().filter(AttemptedWrite::isAcknowledged).toList();
    return new Verdict(
        due.size(),
        List.copyOf(landings.values()),
        due.stream().filter(write -> !landings.containsKey(write)).toList(),
        findings,
        List.copyOf(repeats),
        redelivered,
        all.stream().filter(AttemptedWrite::isUncertain).count(),
        others);
  }
}
