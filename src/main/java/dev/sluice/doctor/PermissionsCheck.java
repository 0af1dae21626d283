package dev.sluice.doctor;

import dev.sluice.rabbit.BrokerFacts.Greeting;
import dev.sluice.rabbit.PermissionTrials.Permission;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Whether the RabbitMQ user may do what these settings need.
 *
 * @param needed how many permissions that are
 */
record PermissionsCheck(
    String user, int needed, Mono<Greeting> greeting, Mono<List<Permission>> lacking)
    implements Check {
  @Override
  public String name() {
    return "rabbitmq permissions";
  }

  @Override
  public Mono<Finding> look() {
    return greeting.flatMap(
        found ->
            found.isRabbitMq()
                ? lacking.map(this::judge)
                : Mono.just(
                    skipped(
                        "are tried by what only RabbitMQ refuses, and this is "
                            + found.product())));
  }

  private Finding judge(List<Permission> found) {
    return found.isEmpty()
        ? ok("\"" + user + "\" has all " + needed + " that these settings need")
        : failure(
            "\""
                + user
                + "\" lacks "
                + found.size()
                + " of "
                + needed
                + ": grant what follows, by rabbitmqctl set_permissions (docs/PRIVILEGES.md)",
            found.stream().map(Permission::toString).toList());
  }
}
