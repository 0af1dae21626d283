package dev.sluice.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A private headless Chromium of what Debian installs, with a profile of its own. It is spoken to
 * by its own protocol (DevTools) over the JDK's WebSocket, which also tells of the console and of
 * colours, sizes and keys; Selenium would bring forty jars for less. Nothing of it is left when it
 * closes or this JVM dies.
 */
public final class Chromium implements AutoCloseable {
  /** Under another name there may be a stub that only says how to install it. */
  private static final String NAME = "chromium";

  /** A second or two on an idle machine. */
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private final Leash leash = Leash.onDirectory("sluice-chromium-");
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;
  private int port;

  private Chromium() {}

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return program().isPresent();
  }

  private static Optional<Path> program() {
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin").split(":"))
        .map(folder -> Path.of(folder, NAME))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A new one that answers, for the asking test. */
  public static Chromium launch() {
    Chromium chromium = new Chromium();
    try {
      Path program =
          program().orElseThrow(() -> new IllegalStateException("chromium is not installed"));
      chromium.start(program);
      ServersUnderTest.note("browser", true, "a private Chromium of " + program);
      return chromium;
    } catch (RuntimeException e) {
      chromium.close();
      throw e;
    }
  }

  private void start(Path program) {
    Path profile = leash.directory().resolve("profile");
    Path portFile = profile.resolve("DevToolsActivePort");
    List<String> command = new ArrayList<>(OwnSession.PREFIX);
    command.addAll(
        List.of(
            program.toString(),
            "--headless=new",
            // Its sandbox asks for what root, and many a container, may not do; the pages are ours.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-extensions",
            "--disable-sync",
            "--no-first-run",
            "--hide-scrollbars",
            "--no-default-browser-check",
            "--password-store=basic",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(leash.directory().toFile());
    for (String name : List.of("HOME", "TMPDIR")) {
      builder.environment().put(name, leash.directory().toString());
    }
    builder.environment().keySet().removeIf(name -> name.startsWith("XDG_"));
    Path log = leash.directory().resolve("chromium.log");
    try {
      process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    leash.holds(process);
    Awaitility.await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .pollInSameThread()
        .until(() -> !process.isAlive() || isWhole(portFile));
    port =
        Integer.parseInt(read(process.isAlive() ? portFile : log).lines().findFirst().orElse(""));
  }

  /** Two lines, the port and a path; it may be seen half written. */
  private static boolean isWhole(Path portFile) {
    return Files.exists(portFile) && read(portFile).lines().count() == 2;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new tab, empty yet, that nobody else has. */
  public ChromiumTab newTab() {
    URI uri = URI.create("http://127.0.0.1:" + port + "/json/new?about:blank");
    HttpRequest request =
        HttpRequest.newBuilder(uri).PUT(HttpRequest.BodyPublishers.noBody()).build();
    try {
      String tab = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      String address = new ObjectMapper().readTree(tab).path("webSocketDebuggerUrl").textValue();
      return ChromiumTab.connect(http, URI.create(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (process != null) {
        // In order: its children go with it, and none writes into what the leash removes.
        process.destroy();
        process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      leash.close();
    }
  }
}
