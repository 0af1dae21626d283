package dev.sluice.doctor;

import dev.sluice.config.TopologyMode;
import dev.sluice.rabbit.ExistingTopology.State;
import dev.sluice.rabbit.ExistingTopology.Thing;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;

/** Whether exchanges and queues are there, and such as these settings want them. */
record TopologyCheck(TopologyMode mode, Mono<List<Thing>> things) implements Check {
  @Override
  public String name() {
    return "rabbitmq topology";
  }

  @Override
  public Mono<Finding> look() {
    return things.map(this::judge);
  }

  private Finding judge(List<Thing> all) {
    List<String> problems = all.stream().flatMap(thing -> thing.problem().stream()).toList();
    if (!problems.isEmpty()) {
      return problems.size() == 1
          ? failure(problems.get(0))
          : failure(problems.size() + " things are not as they have to be", problems);
    }
    List<String> missing = named(all, State.MISSING);
    List<String> there = named(all, State.THERE);
    if (!missing.isEmpty()) {
      return ok("the start of a pipeline declares " + String.join(", ", missing));
    }
    return there.isEmpty()
        ? ok("is as these settings want it")
        : ok(
            "is there; arguments are not compared with SLUICE_TOPOLOGY="
                + mode.name().toLowerCase(Locale.ROOT),
            there);
  }

  private static List<String> named(List<Thing> all, State state) {
    return all.stream().filter(thing -> thing.state() == state).map(Thing::name).toList();
  }
}
