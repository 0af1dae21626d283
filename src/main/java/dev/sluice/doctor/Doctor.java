package dev.sluice.doctor;

import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.QueueType;
import dev.sluice.config.Settings;
import dev.sluice.mongo.CanaryCollection;
import dev.sluice.mongo.ChangeStreamSource;
import dev.sluice.mongo.Grants;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.mongo.MongoFacts;
import dev.sluice.mongo.StoredPositions;
import dev.sluice.rabbit.BrokerFacts;
import dev.sluice.rabbit.CanaryQueue;
import dev.sluice.rabbit.ExistingTopology;
import dev.sluice.rabbit.ManagementApi;
import dev.sluice.rabbit.PermissionTrials;
import dev.sluice.rabbit.PermissionTrials.Permission;
import dev.sluice.rabbit.RabbitConnection;
import dev.sluice.rabbit.ReaderFacts;
import dev.sluice.rabbit.StreamFacts;
import dev.sluice.tls.PemContext;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Knows which checks there are, and what each looks at. To be used once. */
public final class Doctor {
  private static final String MONGODB = "mongodb";
  private static final String RABBITMQ = "rabbitmq";

  /** Where the management plugin listens if nothing else is said, without TLS and with it. */
  private static final int MANAGEMENT_PORT = 15672;

  private static final int MANAGEMENT_TLS_PORT = 15671;

  private final Settings settings;
  private final MongoConnection mongo;
  private final RabbitConnection looking;
  private final RabbitConnection trying;
  private final Clock clock;
  private final Scheduler blocking;
  private final Scheduler timer;

  /**
   * @param looking to ask by
   * @param trying to publish by, which a broker with an alarm does not answer any more
   * @param blocking for what blocks
   * @param timer for limits
   */
  public Doctor(
      Settings settings,
      MongoConnection mongo,
      RabbitConnection looking,
      RabbitConnection trying,
      Clock clock,
      Scheduler blocking,
      Scheduler timer) {
    this.settings = settings;
    this.mongo = mongo;
    this.looking = looking;
    this.trying = trying;
    this.clock = clock;
    this.blocking = blocking;
    this.timer = timer;
  }

  /**
   * @param warnings what is to be said of the settings themselves
   * @param management where RabbitMQ's management API is; where it usually is, if empty
   * @param consumers names of consumers of the stream that are looked at as well
   * @param canary whether a document is sent the whole way
   */
  public Examination examination(
      Collection<String> warnings,
      Optional<URI> management,
      Collection<String> consumers,
      boolean canary) {
    Subject ours =
        new Subject(
            "settings", List.of(), List.of(new SettingsCheck(settings.effective(), warnings)));
    return new Examination(
        List.of(ours, mongodb(), rabbitmq(management.orElseGet(this::usualManagement), consumers)),
        canary ? Optional.of(canary()) : Optional.empty(),
        timer);
  }

  private Subject mongodb() {
    MongoFacts facts = new MongoFacts(mongo, clock, timer);
    ChangeStreamSource source = new ChangeStreamSource(mongo, settings.capture(), clock);
    Mono<Grants> grants = facts.grants();
    Mono<StoredPosition> stored =
        new StoredPositions(mongo, settings.capture().pipeline(), settings.capture().selection())
            .read();
    boolean lookup = settings.capture().updateLookup() && settings.capture().view().hasNewImage();
    return new Subject(
        MONGODB,
        List.of(
            hosts(MONGODB, mongo.hosts(), settings.mongo().uriKey().name()),
            new MongoLoginCheck(mongo.address(), facts.reach(), grants)),
        List.of(
            new TlsCheck(
                "mongodb tls",
                facts.members().map(Doctor::serving),
                mongo.isTls()
                    ? Optional.of(() -> PemContext.of(settings.mongo().tlsFiles()))
                    : Optional.empty(),
                "MONGO_DATABASE_TLS_",
                clock,
                blocking),
            new MongoVersionCheck(facts.version(lookup)),
            new MembersCheck(facts.members()),
            new MajorityCheck(facts.majority()),
            new MongoPrivilegesCheck(grants, settings.capture(), settings.snapshot().mode()),
            new StreamCheck(
                settings.capture().scope().toString(), stored, source.now(), source::opens),
            new OplogCheck(facts.log(), stored),
            new ImagesCheck(settings.capture(), facts.missingImages(settings.capture())),
            new ClockCheck("mongodb clock", facts.clockAhead()),
            new LeaseCheck(
                settings.capture().pipeline(),
                stored,
                source.now(),
                settings.delivery().checkpointInterval())));
  }

  private static List<HostPort> serving(List<MongoFacts.Member> members) {
    return members.stream()
        .filter(member -> member.problem().isEmpty())
        .map(MongoFacts.Member::address)
        .toList();
  }

  private Subject rabbitmq(URI management, Collection<String> consumers) {
    Broker broker = settings.rabbit().broker();
    BrokerFacts facts = new BrokerFacts(looking);
    ManagementApi api = new ManagementApi(management, broker);
    List<Permission> needed =
        PermissionTrials.needed(settings.rabbit(), settings.stream().isPresent());
    List<Check> checks = new ArrayList<>();
    settings.stream()
        .map(stream -> new StreamFacts(looking, stream).reach())
        .ifPresent(reached -> checks.add(new StreamPortCheck(settings.rabbit().queue(), reached)));
    checks.addAll(
        List.of(
            new TlsCheck(
                "rabbitmq tls",
                Mono.just(broker.addresses()),
                broker.tls()
                    ? Optional.of(() -> PemContext.of(broker.tlsFiles()))
                    : Optional.empty(),
                "RABBITMQ_TLS_",
                clock,
                blocking),
            new PermissionsCheck(
                broker.username(),
                needed.size(),
                facts.greeting(),
                new PermissionTrials(looking).lackingOf(needed)),
            new TopologyCheck(
                settings.rabbit().topology().mode(), new ExistingTopology(looking).look()),
            new PoliciesCheck(facts.wanted(), settings.route(), facts.greeting(), api::queue),
            new QueuesCheck(settings.rabbit().parkingQueue(), streams(facts), facts.queues()),
            new LimitsCheck(settings.delivery(), facts.greeting(), new BrokerFacts(trying)::takes),
            new ClockCheck("rabbitmq clock", ahead(api))));
    ReaderFacts readers = new ReaderFacts(looking);
    for (String each : consumers) {
      checks.add(
          new ReaderCheck(each, settings.rabbit().queue(), broker.username(), readers.look(each)));
    }
    return new Subject(
        RABBITMQ,
        List.of(
            hosts(RABBITMQ, broker.addresses(), "RABBITMQ_HOST or RABBITMQ_URI"),
            new BrokerLoginCheck(
                settings.rabbit().address(),
                broker.username(),
                broker.virtualHost(),
                facts.greeting())),
        checks);
  }

  private static Set<String> streams(BrokerFacts facts) {
    return facts.wanted().values().stream()
        .filter(queue -> queue.type() == QueueType.STREAM)
        .map(QueueSettings::name)
        .collect(Collectors.toSet());
  }

  /** What is wrong with the API is said where policies are asked for. */
  private Mono<Duration> ahead(ManagementApi api) {
    return api.time().map(time -> Duration.between(clock.instant(), time)).onErrorComplete();
  }

  private HostsCheck hosts(String server, List<HostPort> hosts, String key) {
    return new HostsCheck(server + " dns", hosts, key, InetAddress::getAllByName, blocking);
  }

  private URI usualManagement() {
    Broker broker = settings.rabbit().broker();
    HostPort first = broker.addresses().get(0);
    HostPort there =
        new HostPort(first.host(), broker.tls() ? MANAGEMENT_TLS_PORT : MANAGEMENT_PORT);
    return URI.create((broker.tls() ? "https://" : "http://") + there);
  }

  private CanaryCheck canary() {
    return new CanaryCheck(
        new Canary(
                settings,
                new CanaryCollection(mongo, clock, timer),
                new CanaryQueue(trying, settings.delivery(), timer),
                clock)
            .trip());
  }
}
