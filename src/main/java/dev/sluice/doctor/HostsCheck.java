package dev.sluice.doctor;

import dev.sluice.config.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Whether this machine knows the hosts by their names.
 *
 * @param hosts none where the DNS itself lists them
 * @param key the setting that names them
 * @param resolver asked on {@code blocking}
 */
record HostsCheck(
    String name, List<HostPort> hosts, String key, Resolver resolver, Scheduler blocking)
    implements Check {
  /** The machine's own, or that of a test. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  @Override
  public Mono<Finding> look() {
    return Mono.fromCallable(this::finding).subscribeOn(blocking);
  }

  private Finding finding() {
    if (hosts.isEmpty()) {
      return ok("the DNS lists the servers, which is looked up with the login");
    }
    List<String> known = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String host : hosts.stream().map(HostPort::host).distinct().toList()) {
      try {
        known.add(
            host
                + " is "
                + Arrays.stream(resolver.resolve(host))
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", ")));
      } catch (UnknownHostException e) {
        unknown.add("\"" + host + "\"");
      }
    }
    if (unknown.isEmpty()) {
      return ok(String.join("; ", known));
    }
    String sentence =
        "nobody here knows a host of the name "
            + String.join(", ", unknown)
            + ": check it in "
            + key
            + ", and this machine's DNS";
    return known.isEmpty() ? failure(sentence) : warning(sentence, known);
  }
}
