package dev.sluice.target.redis;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Target;

/** Keeps something in Redis in step, by one connection. */
public final class RedisTarget implements Target {
  /** What is done with a batch; whatever it has done it may do again. */
  interface Kept {
    void apply(Batch batch);
  }

  private final RedisConnection connection;
  private final int replicas;
  private final Kept kept;

  private RedisTarget(RedisConnection connection, int replicas, Kept kept) {
    this.connection = connection;
    this.replicas = replicas;
    this.kept = kept;
  }

  /** Connects; see {@link Target.Opener}. */
  public static RedisTarget open(RedisParameters parameters) {
    RedisConnection connection = RedisConnection.open(parameters);
    try {
      ServerCheck.of(connection, parameters);
      Kept kept =
          switch (parameters.mode()) {
            case VALUE -> new NewestValues(connection, parameters);
            case INVALIDATE -> new Invalidation(connection, new KeyPattern(parameters.key()));
            case STREAM -> new EventStream(connection, parameters);
          };
      return new RedisTarget(connection, parameters.replicas(), kept);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void apply(Batch batch) {
    kept.apply(batch);
    connection.awaitReplicas(replicas);
  }

  @Override
  public void close() {
    connection.close();
  }
}
