package dev.sluice.doctor;

import dev.sluice.mongo.Grants;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/**
 * Whether MongoDB is reached, is a replica set or a sharded cluster, and takes the login.
 *
 * @param reach completes if so
 */
record MongoLoginCheck(String address, Mono<BsonTimestamp> reach, Mono<Grants> grants)
    implements Check {
  @Override
  public String name() {
    return "mongodb login";
  }

  @Override
  public Mono<Finding> look() {
    return reach
        .then(grants)
        .map(
            found ->
                ok(
                    "at "
                        + address
                        + ", as "
                        + (found.users().isEmpty()
                            ? "nobody: the URI has no user"
                            : String.join(", ", found.users()))));
  }
}
