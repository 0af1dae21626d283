package dev.sluice.testing;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;

/**
 * The MongoDB replica set that the integration tests of this JVM share: the best that is at hand,
 * started on first use and gone with the JVM. In this order:
 *
 * <ol>
 *   <li>the one at {@code SLUICE_TEST_MONGODB_URI},
 *   <li>three processes of {@code mongod}: the one that {@code SLUICE_TEST_MONGOD} names, or the
 *       first on the path,
 *   <li>a container, where a Docker engine answers,
 *   <li>the embedded replica set, unless {@code SLUICE_TEST_REQUIRE_REAL_MONGODB=1}.
 * </ol>
 *
 * <p>{@code SLUICE_TEST_MONGODB} set to {@code mongod}, {@code docker} or {@code embedded} allows
 * one of them only. Tests share it, so each takes a {@link #freshDatabase}.
 */
public final class TestMongo {
  /** The same as in docker-compose.yaml, which {@code ComposeFileTest} sees to. */
  static final String IMAGE = "mongo:8.0.16";

  private final String description;
  private final String uri;
  private final Optional<MongodReplicaSet> processes;
  private final Optional<EmbeddedReplicaSet> embedded;

  private TestMongo(
      String description,
      String uri,
      Optional<MongodReplicaSet> processes,
      Optional<EmbeddedReplicaSet> embedded) {
    this.description = description;
    this.uri = uri;
    this.processes = processes;
    this.embedded = embedded;
  }

  /** A real one that is not ours to hurt. */
  private static TestMongo given(String description, String uri) {
    return new TestMongo(description, uri, Optional.empty(), Optional.empty());
  }

  /** Initialised by the JVM once, when the first test asks. */
  private static final class Shared {
    private static final TestMongo INSTANCE = choose(System.getenv());

    static {
      System.out.println("MongoDB under test: " + INSTANCE.description);
    }
  }

  public static TestMongo shared() {
    TestMongo mongo = Shared.INSTANCE;
    ServersUnderTest.note("mongodb", mongo.isReal(), mongo.description);
    return mongo;
  }

  /** The name of a database that no other test uses. */
  public static String freshDatabase(String stem) {
    return TestRabbit.freshName(stem);
  }

  /** A full URI with the name of the replica set, as {@code MONGO_DATABASE_HOST} takes it. */
  public String uri() {
    return uri;
  }

  /** False for the embedded replica set. */
  public boolean isReal() {
    return embedded.isEmpty();
  }

  /** For the faults: the members as processes, where they are our own. */
  public Optional<MongodReplicaSet> processes() {
    return processes;
  }

  /** For the faults: the embedded set, if it is that. */
  public Optional<EmbeddedReplicaSet> embedded() {
    return embedded;
  }

  /** A new client; the caller closes it. */
  public MongoClient connect() {
    return MongoClients.create(uri);
  }

  static TestMongo choose(Map<String, String> environment) {
    String only = environment.getOrDefault("SLUICE_TEST_MONGODB", "");
    String uri = environment.getOrDefault("SLUICE_TEST_MONGODB_URI", "");
    if (!uri.isEmpty()) {
      return given("the one at SLUICE_TEST_MONGODB_URI", uri);
    }
    Optional<Path> mongod = mongod(environment);
    if (allows(only, "mongod") && mongod.isPresent()) {
      MongodReplicaSet set = MongodReplicaSet.launch(mongod.get());
      String what = "a private replica set of " + mongod.get();
      return new TestMongo(what, set.uri(), Optional.of(set), Optional.empty());
    }
    if (allows(only, "docker") && DockerEngine.isThere(environment)) {
      return container();
    }
    boolean mustBeReal = "1".equals(environment.get("SLUICE_TEST_REQUIRE_REAL_MONGODB"));
    if (mustBeReal || !allows(only, "embedded")) {
      throw new IllegalStateException(
          "The tests require a real MongoDB (SLUICE_TEST_REQUIRE_REAL_MONGODB=1 or"
              + " SLUICE_TEST_MONGODB), and there is none: put a mongod on the path, start a Docker"
              + " engine, or set SLUICE_TEST_MONGODB_URI");
    }
    return embeddedSet();
  }

  /** It lives as long as this JVM. */
  private static TestMongo embeddedSet() {
    EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("embedded").start();
    String what = "the embedded replica set (not a MongoDB)";
    return new TestMongo(what, set.uri(), Optional.empty(), Optional.of(set));
  }

  static Optional<Path> mongod(Map<String, String> environment) {
    String named = environment.getOrDefault("SLUICE_TEST_MONGOD", "");
    if (!named.isEmpty()) {
      Path mongod = Path.of(named);
      if (!Files.isExecutable(mongod)) {
        throw new IllegalStateException("SLUICE_TEST_MONGOD is not a program: " + named);
      }
      return Optional.of(mongod);
    }
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "mongod"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static boolean allows(String only, String backend) {
    return only.isEmpty() || only.equals(backend);
  }

  /**
   * All three members in one container, on the very ports that are published, because a client is
   * told the members' own names and must reach them under these. Testcontainers' own module maps a
   * random port to a member called localhost:27017, which only a client that ignores the replica
   * set can use.
   *
   * <p>Never closed here: Testcontainers' own reaper removes it when this JVM is gone.
   */
  @SuppressWarnings("resource")
  private static TestMongo container() {
    List<Integer> ports = FreePorts.take(MongodReplicaSet.MEMBERS);
    GenericContainer<?> container =
        new GenericContainer<>(IMAGE).withCommand("bash", "-c", threeMembers(ports));
    container.setPortBindings(ports.stream().map(port -> port + ":" + port).toList());
    container.withExposedPorts(ports.toArray(Integer[]::new));
    container.start();
    MongodReplicaSet.initiate(ports);
    return given("a container of " + IMAGE, MongodReplicaSet.uri(ports));
  }

  static String threeMembers(List<Integer> ports) {
    List<String> script = new ArrayList<>();
    for (int port : ports) {
      String data = "/data/db/" + port;
      String options = String.join(" ", MongodReplicaSet.options(port, data));
      script.add("mkdir -p " + data);
      script.add("mongod --bind_ip_all " + options + " &");
    }
    script.add("wait -n");
    return String.join("\n", script);
  }
}
