package dev.sluice.testing;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Assumptions;

/**
 * A replica set for tests that hurt it: one of their own, embedded or of {@code mongod} processes,
 * where {@link TestMongo} would take such a one, else the set that the tests were given. Commands
 * fail for Sluice only, the test's own clients are spared. What the set at hand does not allow
 * skips the test with a sentence that says so.
 *
 * <p>For one test at a time; {@link #heal} between two.
 */
public final class FaultyMongo implements AutoCloseable {
  /** As in {@code MongoConnection}: what Sluice's connections call themselves. */
  private static final String SLUICE = "sluice";

  /** What a server says of a command that it does not have, or not for this user. */
  private static final Set<Integer> NOT_ALLOWED = Set.of(13, 59);

  /** Who has stepped down does not come back for so long; others are elected at once. */
  private static final int STEP_DOWN_SECONDS = 5;

  /**
   * An election takes a mongod its election timeout, 2 s here and 10 s by default, and more on a
   * busy machine.
   */
  private static final Duration ELECTION_LIMIT = Duration.ofMinutes(3);

  private final SetMembers members;
  private final List<MongoClient> direct = new ArrayList<>();

  private FaultyMongo(SetMembers members) {
    this.members = members;
    for (String host : members.hosts()) {
      direct.add(connectTo(host));
    }
  }

  /** A set of one's own, or the given one. */
  public static FaultyMongo launch() {
    return launch(System.getenv());
  }

  static FaultyMongo launch(Map<String, String> environment) {
    String only = environment.getOrDefault("SLUICE_TEST_MONGODB", "");
    Optional<Path> mongod = TestMongo.mongod(environment);
    if (!environment.getOrDefault("SLUICE_TEST_MONGODB_URI", "").isEmpty()) {
      return given(TestMongo.shared().uri());
    }
    if (TestMongo.allows(only, "mongod") && mongod.isPresent()) {
      ServersUnderTest.note("mongodb", true, "a replica set of its own of " + mongod.get());
      return new FaultyMongo(SetMembers.of(MongodReplicaSet.launch(mongod.get())));
    }
    if (TestMongo.shared().isReal()) {
      return given(TestMongo.shared().uri());
    }
    return new FaultyMongo(
        SetMembers.of(EmbeddedReplicaSet.builder().name(TestRabbit.freshName("faulty")).start()));
  }

  private static FaultyMongo given(String uri) {
    try (MongoClient client = MongoClients.create(uri)) {
      Document hello = client.getDatabase("admin").runCommand(new Document("isMaster", 1));
      return new FaultyMongo(SetMembers.given(uri, hello.getList("hosts", String.class)));
    }
  }

  private MongoClient connectTo(String host) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(members.uri()))
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress(host)))
                        .mode(ClusterConnectionMode.SINGLE)
                        // Whether it can be reached at all; it is near.
                        .serverSelectionTimeout(2, TimeUnit.SECONDS))
            .applyToSocketSettings(socket -> socket.readTimeout(10, TimeUnit.SECONDS))
            .build());
  }

  public String uri() {
    return members.uri();
  }

  /** The same with further options, for instance {@code socketTimeoutMS=3000}. */
  public String uriWith(String options) {
    return with(members.uri(), options);
  }

  /** The address of a proxy before one member, as if that were all there is of the set. */
  public String uriThrough(TcpProxy proxy, String options) {
    String host = proxy.host() + ":" + proxy.port();
    String uri = members.uri().replaceFirst("//([^@/]*@)?[^/?]+", "//$1" + host);
    return with(uri, "directConnection=true&" + options);
  }

  private static String with(String uri, String options) {
    return uri + (uri.contains("?") ? "&" : "/?") + options;
  }

  /** A proxy before the member that is the primary now. */
  public TcpProxy proxyToPrimary() {
    ServerAddress address = new ServerAddress(members.hosts().get(primary()));
    return TcpProxy.to(address.getHost(), address.getPort());
  }

  /** The number of the primary; waits for one. */
  public int primary() {
    return Awaitility.await()
        .atMost(ELECTION_LIMIT)
        .pollInSameThread()
        .until(this::primaryNow, Optional::isPresent)
        .orElseThrow();
  }

  private Optional<Integer> primaryNow() {
    for (int member = 0; member < direct.size(); member++) {
      try {
        // Not hello, which the oldest releases do not have.
        if (run(member, new Document("isMaster", 1)).getBoolean("ismaster", false)) {
          return Optional.of(member);
        }
      } catch (MongoException notReached) {
        // Then it is not the primary for anybody else either.
      }
    }
    return Optional.empty();
  }

  public int size() {
    return direct.size();
  }

  /** The primary becomes a secondary; returns when the set has another primary. */
  public void stepDown() {
    int old = primary();
    try {
      run(
          old,
          new Document("replSetStepDown", STEP_DOWN_SECONDS)
              .append("secondaryCatchUpPeriodSecs", 1)
              .append("force", true));
    } catch (MongoSocketException asOlderServersDo) {
      // They answer with the end of all connections.
    } catch (MongoCommandException e) {
      skipIfNotAllowed(e, "replSetStepDown");
    }
    Awaitility.await().atMost(ELECTION_LIMIT).pollInSameThread().until(() -> primary() != old);
  }

  /** Where a member is, as the set calls it. */
  public String host(int member) {
    return members.hosts().get(member);
  }

  /** A member is killed. */
  public void kill(int member) {
    members.kill(member);
  }

  /** A killed member starts again. */
  public void start(int member) {
    members.start(member);
  }

  /** A member answers nobody, and nobody is told. */
  public void silence(int member) {
    members.silence(member);
  }

  /** The next reply to one of these commands, whoever sent it, is no BSON. */
  public void corruptReply(String command) {
    members.corruptReply(command);
  }

  /** These commands of Sluice fail with the code until {@link #lift}. */
  public void failCommand(int code, String... commands) {
    failCommand("alwaysOn", new Document("errorCode", code), commands);
  }

  /** The next one of these commands of Sluice fails with the code. */
  public void failCommandOnce(int code, String... commands) {
    failCommandTimes(1, code, commands);
  }

  /** So many of these commands of Sluice, the next ones, fail with the code. */
  public void failCommandTimes(int times, int code, String... commands) {
    failCommand(new Document("times", times), new Document("errorCode", code), commands);
  }

  /** These commands of Sluice are carried out so late, until {@link #lift}. */
  public void delayCommand(Duration delay, String... commands) {
    failCommand(
        "alwaysOn",
        new Document("blockConnection", true).append("blockTimeMS", delay.toMillis()),
        commands);
  }

  /** These commands of Sluice are carried out and then not replicated, or so it is said. */
  public void failWriteConcern(int code, String... commands) {
    failCommand("alwaysOn", notReplicated(code), commands);
  }

  /**
   * So many of these commands of Sluice, the next ones, are carried out and said to have failed.
   */
  public void failWriteConcernTimes(int times, int code, String... commands) {
    failCommand(new Document("times", times), notReplicated(code), commands);
  }

  private static Document notReplicated(int code) {
    return new Document(
        "writeConcernError",
        new Document("code", code).append("errmsg", "not replicated, for a test"));
  }

  private void failCommand(Object mode, Document effect, String... commands) {
    effect.append("failCommands", List.of(commands)).append("appName", SLUICE);
    configure(
        new Document("configureFailPoint", "failCommand")
            .append("mode", mode)
            .append("data", effect));
  }

  private void configure(Bson failPoint) {
    for (int member = 0; member < direct.size(); member++) {
      try {
        run(member, failPoint);
      } catch (MongoCommandException e) {
        skipIfNotAllowed(e, "configureFailPoint, for which it needs enableTestCommands=1,");
      }
    }
  }

  /** Commands do not fail any more. */
  public void lift() {
    configure(new Document("configureFailPoint", "failCommand").append("mode", "off"));
  }

  /** Every member runs and answers, none of their commands fail, and there is a primary. */
  public void heal() {
    for (int member = 0; member < direct.size(); member++) {
      members.start(member);
      members.wake(member);
    }
    primary();
    try {
      lift();
    } catch (org.opentest4j.TestAbortedException neverSet) {
      // What the set does not know cannot be in force either.
    }
  }

  private Document run(int member, Bson command) {
    return direct.get(member).getDatabase("admin").runCommand(command);
  }

  private static void skipIfNotAllowed(MongoCommandException refusal, String command) {
    if (!NOT_ALLOWED.contains(refusal.getErrorCode())) {
      throw refusal;
    }
    Assumptions.abort(
        "the replica set does not allow " + command + ": " + refusal.getErrorMessage());
  }

  @Override
  public void close() {
    direct.forEach(MongoClient::close);
    members.close();
  }
}
