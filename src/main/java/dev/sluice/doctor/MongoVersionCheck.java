package dev.sluice.doctor;

import dev.sluice.mongo.MongoFacts;
import java.util.List;
import reactor.core.publisher.Mono;

/** Which MongoDB it is, and what that one breaks or lacks. */
record MongoVersionCheck(Mono<MongoFacts.Version> version) implements Check {
  @Override
  public String name() {
    return "mongodb version";
  }

  @Override
  public Mono<Finding> look() {
    return version.map(
        found -> {
          List<String> lacks =
              found.lacks().stream().map(lacking -> "it does not " + lacking).toList();
          return found
              .danger()
              .map(danger -> warning(danger, lacks))
              .orElseGet(() -> ok("MongoDB " + found.text(), lacks));
        });
  }
}
