package dev.sluice.doctor;

import dev.sluice.rabbit.PermissionTrials.Permission;
import dev.sluice.rabbit.ReaderFacts.Next;
import dev.sluice.rabbit.ReaderFacts.Reader;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Whether a consumer of the stream finds what it needs, where it stands, and whether the stream
 * still has what comes next.
 *
 * @param consumer its name
 * @param user of RabbitMQ
 */
record ReaderCheck(String consumer, String stream, String user, Mono<Reader> reader)
    implements Check {
  private static final String REMEDY =
      ": take a snapshot by the pipeline, which fills the target again, and start it once with"
          + " --on-gap apply";

  @Override
  public String name() {
    return "rabbitmq consumer";
  }

  /** A stream that gives nothing is waited for, two seconds at each of three places. */
  @Override
  public Duration limit() {
    return Duration.ofSeconds(20);
  }

  @Override
  public Mono<Finding> look() {
    return reader.map(this::judge).map(this::named);
  }

  private Finding named(Finding found) {
    return new Finding(
        found.check(),
        found.verdict(),
        "\"" + consumer + "\": " + found.sentence(),
        found.details());
  }

  private Finding judge(Reader found) {
    if (!found.lacking().isEmpty()) {
      return failure(
          "\""
              + user
              + "\" may not do all that it needs: grant what follows, by rabbitmqctl"
              + " set_permissions (docs/PRIVILEGES.md)",
          found.lacking().stream().map(Permission::toString).toList());
    }
    return switch (found.outlet()) {
      case MISSING ->
          failure(
              "there is no stream \""
                  + stream
                  + "\": start the pipeline first, which declares it, or name another one by"
                  + " SLUICE_QUEUE");
      case NO_STREAM ->
          skipped(
              "\""
                  + stream
                  + "\" is no stream, and of a queue's consumer nothing is kept: see rabbitmq queues");
      case STREAM -> standing(found);
    };
  }

  private Finding standing(Reader found) {
    return switch (found.kept()) {
      case NOTHING ->
          ok(
              "nothing of \""
                  + stream
                  + "\" was read under this name: its first start begins at the beginning, "
                  + begins(found)
                  + ", or at --from");
      case OF_OTHER_ARGUMENTS ->
          failure(
              "the queue \""
                  + found.keptIn()
                  + "\", where the offset is to be kept, has other arguments than a quorum queue of"
                  + " one message: delete it, or take another --name");
      case EMPTY ->
          warning(
              "the queue \""
                  + found.keptIn()
                  + "\" of its offset is empty, as by a policy or a purge, so it begins at the"
                  + " beginning again, "
                  + begins(found)
                  + ": take away the policy that names it");
      case BEGINNING -> beginning(found);
      case DONE -> done(found);
    };
  }

  private Finding beginning(Reader found) {
    String beginning = found.beginning().orElse("");
    return found.next() == Next.AS_IT_WAS
        ? ok(
            "nothing is done yet: "
                + (found.isRead() ? "it has begun" : "it begins")
                + " at "
                + beginning
                + "; "
                + stands(found))
        : failure(
            "nothing is done yet, and \""
                + stream
                + "\" no longer has the message at offset "
                + beginning
                + " with which it began; "
                + begins(found)
                + REMEDY);
  }

  private Finding done(Reader found) {
    long done = found.done().orElseThrow();
    return switch (found.next()) {
      case REMOVED ->
          failure(
              "the retention of \""
                  + stream
                  + "\" has removed what followed offset "
                  + done
                  + ", where it stands; "
                  + begins(found)
                  + REMEDY);
      case ANOTHER ->
          failure(
              "\""
                  + stream
                  + "\" has another message at offset "
                  + done
                  + " than the one that it has done: the stream was deleted and made anew"
                  + REMEDY);
      case NOTHING ->
          failure(
              "\""
                  + stream
                  + "\" gives nothing from offset "
                  + done
                  + " on, where it stands: the stream was deleted and made anew, or the node that"
                  + " answers lags behind. If it stays so"
                  + REMEDY);
      case AS_IT_WAS -> behind(found, done);
    };
  }

  private Finding behind(Reader found, long done) {
    String stands =
        "offset "
            + done
            + " is done, "
            + (found.behind() == 0
                ? "nothing known is ahead; "
                : "at least " + found.behind() + " messages are ahead; ")
            + stands(found);
    return found.isRead() || found.behind() == 0
        ? ok(stands, List.of(begins(found)))
        : warning(stands + ": start its consumer", List.of(begins(found)));
  }

  private static String stands(Reader found) {
    return found.isRead() ? "a process reads under this name" : "nobody reads under this name";
  }

  private static String begins(Reader found) {
    return found.oldest().isPresent()
        ? "the stream begins at offset " + found.oldest().getAsLong()
        : "the stream is empty";
  }
}
