package dev.sluice.embedded;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.cli.Wiring;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.rabbit.EmbeddedBroker;
import dev.sluice.inserter.InsertPlan;
import dev.sluice.inserter.Mix;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.Leash;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Writes the archive of classes from which {@code make local-start-cdc} starts in half the time:
 * runs the pipeline once on embedded servers, over events of all kinds, has the JVM list at its end
 * what it has loaded, and makes one archive of that and of the JDK's own classes. (One on top of
 * the JDK's, which the JVM can write at its end itself, takes no classes as old as picocli's.) The
 * archive is good for this jar at this place and for this JVM; any other passes it over.
 */
public final class ClassArchive {
  private static final int EVENTS = 200;

  private ClassArchive() {}

  /**
   * @param args the file to write, with the ending {@code .jsa}; the list is {@code .classes}
   */
  public static void main(String[] args) {
    int code = 0;
    try (Leash leash = Leash.onDirectory("sluice-archive-")) {
      make(Path.of(args[0]).toAbsolutePath(), leash);
    } catch (Exception | AssertionError e) {
      e.printStackTrace();
      code = 1;
    }
    System.exit(code);
  }

  private static void make(Path archive, Leash leash) throws Exception {
    Path unfinished = leash.directory().resolve("archive");
    Path names = leash.directory().resolve("names");
    try (EmbeddedReplicaSet mongo = EmbeddedReplicaSet.builder().name("class-archive").start();
        EmbeddedBroker rabbit = EmbeddedBroker.start()) {
      String http = "127.0.0.1:" + FreePorts.one();
      Map<String, String> servers =
          Map.of(
              "MONGO_DATABASE_HOST",
              mongo.uri(),
              "RABBITMQ_URI",
              rabbit.uri(),
              "SLUICE_HTTP",
              http);
      List<String> writing = List.of("-XX:DumpLoadedClassList=" + names, "-Xlog:cds=off");
      Path log = leash.directory().resolve("log");
      try (SluiceProcess sluice = SluiceProcess.run(servers, writing, log)) {
        leash.holds(sluice.process());
        sluice.awaitStreaming();
        Settings settings = SettingsReader.read(servers, Path.of("no-such-file"));
        write(settings);
        awaitAll(settings, rabbit.uri());
        readAll("http://" + http);
        if (sluice.terminate() != 0) {
          throw new IllegalStateException("It did not end well: " + sluice.log());
        }
      }
    }
    leaveOutLinking(names);
    dump(names, unfinished, leash.directory().resolve("dump.log"));
    put(
        names,
        archive.resolveSibling(archive.getFileName().toString().replace(".jsa", ".classes")));
    put(unfinished, archive);
  }

  /**
   * To archive a lambda is to link its interface, and a class as old as picocli's is only archived
   * as long as nothing has linked it: with the lambdas went the interfaces and all that implement
   * them.
   */
  private static void leaveOutLinking(Path names) throws IOException {
    List<String> kept;
    try (Stream<String> lines = Files.lines(names)) {
      kept =
          lines
              .filter(line -> !(line.startsWith("@lambda-proxy") && line.contains("picocli/")))
              .toList();
    }
    Files.write(names, kept);
  }

  private static void dump(Path names, Path archive, Path log) throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + SluiceProcess.JVM_OPTIONS,
                "-Xmx512m",
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + names,
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:cds=off",
                "-Xlog:cds+lambda=off",
                "-cp",
                SluiceProcess.JAR.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (java.waitFor() != 0) {
      throw new IllegalStateException("The JVM wrote no archive: " + Files.readString(log));
    }
  }

  /** In two steps: what is mapped by a running JVM must not be written to. */
  private static void put(Path made, Path place) throws IOException {
    Path beside = place.resolveSibling(place.getFileName() + ".new");
    Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Settings settings) {
    InsertPlan plan =
        new InsertPlan(
            "scrabble",
            EVENTS,
            0,
            Optional.empty(),
            Optional.empty(),
            new Mix(50, 25, 10, 15),
            0,
            1);
    try (Wiring wiring = new Wiring(settings)) {
      wiring.inserter().write(plan).then().block();
    }
  }

  /**
   * What answers is only loaded when it is asked. Nothing but probes: metrics and status bring
   * classes that would make the archive half as large again, for their first answers alone.
   */
  private static void readAll(String url) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (String path : List.of("/livez", "/readyz")) {
      client.send(
          HttpRequest.newBuilder(URI.create(url + path)).build(),
          HttpResponse.BodyHandlers.discarding());
    }
  }

  private static void awaitAll(Settings settings, String rabbit) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit);
    try (Connection connection = factory.newConnection("class archive");
        Channel channel = connection.createChannel()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> channel.messageCount(settings.rabbit().queue()) >= EVENTS);
    }
  }
}
