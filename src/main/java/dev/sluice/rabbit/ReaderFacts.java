package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.config.RabbitSettings;
import dev.sluice.rabbit.PermissionTrials.Kind;
import dev.sluice.rabbit.PermissionTrials.Permission;
import dev.sluice.rabbit.StreamEnds.Place;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import reactor.core.publisher.Mono;

/**
 * What can be found out about a consumer of the stream of the settings ({@code sluice consume}),
 * without changing anything: whether it may do what it has to, where it stands, and whether the
 * stream still has what comes next.
 */
public final class ReaderFacts {
  private final RabbitConnection connection;
  private final RabbitSettings settings;

  /**
   * @param connection to ask by
   */
  public ReaderFacts(RabbitConnection connection) {
    this.connection = connection;
    this.settings = connection.settings();
  }

  /** What there is of the stream. */
  public enum Outlet {
    MISSING,
    /** Another kind of queue, or a broker that does not tell. */
    NO_STREAM,
    STREAM
  }

  /** What there is of the queue in which the offset is kept. */
  public enum Kept {
    /** Nobody has read under the name. */
    NOTHING,
    /** It is there, and cannot be what the reader needs. */
    OF_OTHER_ARGUMENTS,
    /** It is there, and what was in it is gone. */
    EMPTY,
    /** Where to begin; nothing is done yet. */
    BEGINNING,
    DONE
  }

  /**
   * A consumer of the stream.
   *
   * @param lacking permissions; where there are any, nothing else was looked at
   * @param keptIn the queue of its offset
   * @param isRead whether a process reads under the name at this moment
   * @param done the offset of the last message that is done, with {@link Kept#DONE}
   * @param beginning where it begins, with {@link Kept#BEGINNING}
   * @param oldest the offset of the first message of the stream; empty if it gives none
   * @param newest that of the first message of the newest chunk; empty if it gives none
   * @param next what the stream gives from {@code done} on, or from the message with which it began
   */
  public record Reader(
      String name,
      List<Permission> lacking,
      Outlet outlet,
      boolean isRead,
      String keptIn,
      Kept kept,
      OptionalLong done,
      Optional<String> beginning,
      OptionalLong oldest,
      OptionalLong newest,
      Next next) {
    /** How many messages are not done, as {@code Inbox.behind} has it. */
    public long behind() {
      return newest.isEmpty() || done.isEmpty()
          ? 0
          : Math.max(0, newest.getAsLong() - done.getAsLong());
    }
  }

  /** What a stream has in the place of the last message that is done, or of the first to come. */
  public enum Next {
    /** That message, or what follows it. */
    AS_IT_WAS,
    /** Messages further on: what is between is removed. */
    REMOVED,
    /** Another message. */
    ANOTHER,
    /** Nothing: it ends before. */
    NOTHING
  }

  /** Those that {@code consume} needs, docs/PRIVILEGES.md. */
  public List<Permission> needed(String name) {
    return List.of(
        new Permission(Kind.READ, "queue", settings.queue()),
        new Permission(Kind.CONFIGURE, "queue", KeptOffset.queue(settings, name)),
        new Permission(Kind.READ, "queue", KeptOffset.queue(settings, name)),
        new Permission(Kind.CONFIGURE, "queue", KeptOffset.reader(settings, name)),
        new Permission(Kind.CONFIGURE, "queue", ParkedClaim.queue(settings)),
        new Permission(Kind.READ, "queue", settings.parkingQueue()),
        new Permission(Kind.WRITE, "exchange", PermissionTrials.DEFAULT_EXCHANGE));
  }

  /**
   * Looks at the consumer of that name. Cold; waits on the connection's blocking threads, and fails
   * with a {@link dev.sluice.pipeline.PipelineException}.
   */
  public Mono<Reader> look(String name) {
    return Mono.fromCallable(() -> lookNow(name))
        .subscribeOn(connection.blocking())
        .onErrorMap(failure -> RabbitFailures.recognise(failure, settings));
  }

  private Reader lookNow(String name) throws IOException {
    Connection open = connection.openNow();
    List<Permission> lacking = new PermissionTrials(connection).lacking(needed(name));
    Outlet outlet = lacking.isEmpty() ? outlet(open) : Outlet.MISSING;
    if (outlet != Outlet.STREAM) {
      return reader(name, lacking, outlet, false, Kept.NOTHING, Optional.empty());
    }
    boolean isRead = isRead(open, name);
    if (!QueueKind.isThere(open, KeptOffset.queue(settings, name))) {
      return reader(name, lacking, outlet, isRead, Kept.NOTHING, Optional.empty());
    }
    if (!isAsItHasToBe(open, name)) {
      return reader(name, lacking, outlet, isRead, Kept.OF_OTHER_ARGUMENTS, Optional.empty());
    }
    Optional<KeptPlace> found = KeptOffset.look(open, settings, name);
    Kept kept =
        found.map(it -> it.done().isPresent() ? Kept.DONE : Kept.BEGINNING).orElse(Kept.EMPTY);
    return reader(name, lacking, outlet, isRead, kept, found);
  }

  private Reader reader(
      String name,
      List<Permission> lacking,
      Outlet outlet,
      boolean isRead,
      Kept kept,
      Optional<KeptPlace> found)
      throws IOException {
    StreamEnds ends = new StreamEnds(connection.openNow(), settings);
    OptionalLong oldest = outlet == Outlet.STREAM ? ends.oldest() : OptionalLong.empty();
    Optional<Place> done = found.flatMap(KeptPlace::done);
    return new Reader(
        name,
        lacking,
        outlet,
        isRead,
        KeptOffset.queue(settings, name),
        kept,
        done.map(it -> OptionalLong.of(it.offset())).orElse(OptionalLong.empty()),
        found.flatMap(KeptPlace::beginning).map(StreamOffset::text),
        oldest,
        oldest.isPresent() ? ends.newest() : oldest,
        done.map(it -> next(ends, it, true))
            .or(() -> found.flatMap(KeptPlace::first).map(it -> next(ends, it, false)))
            .orElse(Next.AS_IT_WAS));
  }

  /**
   * As the reader itself sees it when it begins.
   *
   * @param known a message that the stream had
   * @param isDone whether the reader can do without it, if the one behind it is there
   */
  private static Next next(StreamEnds ends, Place known, boolean isDone) {
    Optional<Place> found = ends.firstFrom(StreamOffset.parse(Long.toString(known.offset())));
    if (found.isEmpty()) {
      return Next.NOTHING;
    }
    long ahead = found.get().offset() - known.offset();
    if (ahead > 0) {
      return isDone && ahead == 1 ? Next.AS_IT_WAS : Next.REMOVED;
    }
    return found.get().equals(known) ? Next.AS_IT_WAS : Next.ANOTHER;
  }

  private Outlet outlet(Connection open) throws IOException {
    if (!QueueKind.isThere(open, settings.queue())) {
      return Outlet.MISSING;
    }
    return QueueKind.refusesWrongArguments(open) && QueueKind.isStream(open, settings.queue())
        ? Outlet.STREAM
        : Outlet.NO_STREAM;
  }

  /** By the queue that it has for itself. */
  private boolean isRead(Connection open, String name) throws IOException {
    try {
      return QueueKind.isThere(open, KeptOffset.reader(settings, name));
    } catch (IOException e) {
      if (BrokerFacts.code(e) == AMQP.RESOURCE_LOCKED) {
        return true;
      }
      throw e;
    }
  }

  /** Declared once more, which changes nothing. */
  private boolean isAsItHasToBe(Connection open, String name) throws IOException {
    Channel channel = RabbitConnection.channelOn(open);
    try {
      channel.queueDeclare(
          KeptOffset.queue(settings, name), true, false, false, KeptOffset.ARGUMENTS);
      return true;
    } catch (IOException e) {
      if (BrokerFacts.code(e) == AMQP.PRECONDITION_FAILED) {
        return false;
      }
      throw e;
    } finally {
      channel.abort();
    }
  }
}
