package dev.sluice.doctor;

import dev.sluice.mongo.MongoFacts.Member;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** Whether this machine reaches every member of the set by the name that the set gives it. */
record MembersCheck(Mono<List<Member>> members) implements Check {
  @Override
  public String name() {
    return "mongodb members";
  }

  @Override
  public Mono<Finding> look() {
    return members.map(this::judge);
  }

  private Finding judge(List<Member> all) {
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (Member member : all) {
      member
          .problem()
          .ifPresentOrElse(
              problem -> bad.add(member.address() + ": " + problem),
              () -> good.add(member.address() + " is " + member.role()));
    }
    if (bad.isEmpty()) {
      return all.size() > 1
          ? ok(String.join(", ", good))
          : ok(String.join(", ", good) + ", and nobody takes over when it is away");
    }
    List<String> details = new ArrayList<>(bad);
    details.addAll(good);
    return warning(
        bad.size()
            + " of "
            + all.size()
            + " cannot be used from here, so a failover to one of them stops the pipeline: see that"
            + " it runs, and that its name in rs.conf() is known and open to this machine",
        details);
  }
}
