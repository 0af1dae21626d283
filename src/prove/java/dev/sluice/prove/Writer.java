package dev.sluice.prove;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer: each run is one write, by chance to one of its long-lived documents or to one that is
 * inserted and left alone; or a transaction; or a write that nobody watches. Runs one after the
 * other.
 */
final class Writer implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  /** Of 100 writes. Most are changes of known documents: these have an order to lose. */
  private static final int SINGLE_INSERTS = 30;

  /** Of 100 runs, with four writes each. The end of each holds everything up for two confirms. */
  private static final int TRANSACTIONS = 3;

  /** Of 100 runs. */
  private static final int OUTSIDE = 8;

  /** Of 1000 inserts that are left alone: enough for some in a short run, and little to carry. */
  private static final int TOO_LARGE = 20;

  private final String name;
  private final Layout layout;
  private final WriteSender sender;
  private final Ledger ledger;
  private final Random random;
  private final Contents contents;
  private final List<Key> keys = new ArrayList<>();
  private final TransactionWriter transactions;
  private int singles;

  /**
   * @param keys how many long-lived documents it has
   */
  Writer(String name, int keys, Layout layout, WriteSender sender, Ledger ledger, Random random) {
    this.name = name;
    this.layout = layout;
    this.sender = sender;
    this.ledger = ledger;
    this.random = random;
    this.contents = new Contents(random, layout.hidden());
    for (int n = 0; n < keys; n++) {
      // Documents of different collections share an _id: nothing may take one for the other.
      int places = layout.places().size();
      this.keys.add(new Key(layout.places().get(n % places), name + "-k" + n / places));
    }
    this.transactions = new TransactionWriter(name, sender, ledger, random, contents);
  }

  @Override
  public void run() {
    int chance = random.nextInt(100);
    if (layout.shape() == Shape.WIDE && chance < TRANSACTIONS && keys.size() > 1) {
      transactions.write(keys);
    } else if (layout.shape() == Shape.WIDE && chance >= 100 - OUTSIDE) {
      writeOutside();
    } else if (keys.isEmpty() || random.nextInt(100) < SINGLE_INSERTS) {
      insertOne();
    } else {
      change(keys.get(random.nextInt(keys.size())));
    }
  }

  private void insertOne() {
    Place place = layout.places().get(random.nextInt(layout.places().size()));
    String id = name + "-s" + singles++;
    boolean tooLarge = layout.parkingQueue().isPresent() && random.nextInt(1_000) < TOO_LARGE;
    Contents.Content content = tooLarge ? contents.tooLarge(id, 0) : contents.next(id, 0);
    AttemptedWrite.Plan plan =
        new AttemptedWrite.Plan(
            new Subject(place.namespace(), id),
            tooLarge ? layout.parkingQueue().get() : place.queue(),
            0,
            WriteKind.INSERT,
            new States(States.NONE, content.seen()),
            Optional.empty());
    write(plan, place, content);
  }

  private void change(Key key) {
    WriteKind kind = WriteKind.next(key.state(), random);
    int number = key.takeNumber();
    Contents.Content content = contents.next(key.subject().id(), number);
    String left = kind.leaves(content);
    AttemptedWrite.Plan plan =
        new AttemptedWrite.Plan(
            key.subject(),
            key.place().queue(),
            number,
            kind,
            new States(key.state(), left),
            Optional.empty());
    if (write(plan, key.place(), content)) {
      key.leftAs(left);
    } else {
      key.abandon();
    }
  }

  /** Whether it was acknowledged. */
  private boolean write(AttemptedWrite.Plan plan, Place place, Contents.Content content) {
    AttemptedWrite write = ledger.begin(plan);
    try {
      if (!sender.send(place, plan.subject().id(), plan.kind(), content)) {
        log.warn("{}: the document is not what it was left as", write);
        return false;
      }
    } catch (RuntimeException noAnswer) {
      log.debug("{}: {}", write, noAnswer.toString());
      return false;
    }
    ledger.acknowledge(write);
    return true;
  }

  private void writeOutside() {
    Place place = layout.outside().get(random.nextInt(layout.outside().size()));
    String id = name + "-o" + singles++;
    try {
      sender.send(place, id, WriteKind.INSERT, contents.next(id, 0));
      ledger.wroteOutside();
    } catch (RuntimeException noAnswer) {
      log.debug("{} in {}: {}", id, place.namespace(), noAnswer.toString());
    }
  }
}
