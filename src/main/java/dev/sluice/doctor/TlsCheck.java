package dev.sluice.doctor;

import dev.sluice.config.HostPort;
import dev.sluice.tls.ShownCertificate;
import dev.sluice.tls.TlsFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What each server shows for itself, and for how long yet; without TLS, whether others may read
 * along.
 *
 * @param hosts asked for when the server was reached
 * @param tls empty where there is none
 * @param keys how the settings of this server's TLS begin
 */
record TlsCheck(
    String name,
    Mono<List<HostPort>> hosts,
    Optional<Supplier<SSLContext>> tls,
    String keys,
    Clock clock,
    Scheduler blocking)
    implements Check {
  /** Who renews by hand needs about a month; who renews by a machine has done it by then. */
  private static final Duration SOON = Duration.ofDays(30);

  private static final int CONNECT_MILLIS = 3_000;

  @Override
  public Mono<Finding> look() {
    return hosts.flatMap(
        all ->
            Mono.fromCallable(() -> tls.isPresent() ? shown(all, tls.get().get()) : withoutTls(all))
                .subscribeOn(blocking));
  }

  private Finding shown(List<HostPort> all, SSLContext context) {
    List<String> good = new ArrayList<>();
    List<String> ending = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    Instant soon = clock.instant().plus(SOON);
    for (HostPort host : all) {
      try {
        ShownCertificate shown =
            ShownCertificate.of(context, host.host(), host.port(), CONNECT_MILLIS);
        String line =
            host
                + " is valid until "
                + shown.until()
                + (shown.names().isEmpty() ? "" : ", for " + String.join(", ", shown.names()))
                + " ("
                + shown.protocol()
                + ")";
        (shown.until().isBefore(soon) ? ending : good).add(line);
      } catch (IOException e) {
        bad.add(host + " " + why(e));
      }
    }
    List<String> details = new ArrayList<>(bad);
    details.addAll(ending);
    details.addAll(good);
    if (!bad.isEmpty()) {
      // What was reached already serves; this concerns others of the cluster.
      return warning("TLS is not to be had with every server", details);
    }
    return ending.isEmpty()
        ? ok("every certificate is for the name that is used, and is trusted", details)
        : warning("a certificate ends within " + SOON.toDays() + " days: renew it", details);
  }

  private String why(IOException failure) {
    return TlsFailure.whileConnecting(failure, keys).orElse("cannot be reached");
  }

  private Finding withoutTls(List<HostPort> all) {
    List<String> outside =
        all.stream().filter(TlsCheck::isOutside).map(HostPort::toString).toList();
    return outside.isEmpty()
        ? ok("none; the way to the server is on this machine or in a private network")
        : warning(
            "none, and login and documents cross a public network readably: speak TLS ("
                + keys
                + "CA_FILE; docs/TLS.md)",
            outside);
  }

  private static boolean isOutside(HostPort host) {
    try {
      InetAddress address = InetAddress.getByName(host.host());
      boolean uniqueLocal =
          address.getAddress().length > 4 && (address.getAddress()[0] & 0xfe) == 0xfc;
      return !address.isLoopbackAddress()
          && !address.isSiteLocalAddress()
          && !address.isLinkLocalAddress()
          && !uniqueLocal;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
