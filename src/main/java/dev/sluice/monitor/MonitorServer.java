package dev.sluice.monitor;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.config.HostPort;
import dev.sluice.config.WrongSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP how the program is, and changes nothing. Its threads are few, daemons and its
 * own: whatever a reader does, the work goes on.
 */
public final class MonitorServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MonitorServer.class);

  /**
   * Some pages, scrapers and probes at the same time, and some who ask for nothing. Made when they
   * are needed; who comes beyond them is let go, and comes again.
   */
  private static final int MOST_THREADS = 16;

  private static final int IDLE_SECONDS = 30;

  /**
   * A question fits one packet: who needs longer for it, in seconds, is to give its thread back.
   */
  private static final String LONGEST_QUESTION = "2";

  /** Who reads the answer no faster likewise. */
  private static final String LONGEST_ANSWER = "10";

  private static final String ONLY_READING = "GET, HEAD";

  /** Everything of the page is its own, and nobody may put it into a frame. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpServer server;
  private final HostCheck hosts;
  private final String url;
  private final ThreadPoolExecutor readers =
      new ThreadPoolExecutor(
          0,
          MOST_THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("sluice-http-"));
  private final ScheduledExecutorService sampler =
      Executors.newSingleThreadScheduledExecutor(daemons("sluice-monitor-"));

  private MonitorServer(HttpServer server, HostPort address) {
    this.server = server;
    this.hosts = new HostCheck(server.getAddress().getAddress().isLoopbackAddress());
    this.url = "http://" + address;
  }

  /**
   * Takes the address, and answers nobody yet.
   *
   * @param saidBy the setting or option that names the address
   * @throws WrongSettings if the address cannot be had
   */
  public static MonitorServer bind(HostPort address, String saidBy) {
    // Read by the JDK when its first server is made; module documentation of jdk.httpserver.
    System.setProperty("sun.net.httpserver.maxReqTime", LONGEST_QUESTION);
    System.setProperty("sun.net.httpserver.maxRspTime", LONGEST_ANSWER);
    try {
      InetAddress host = InetAddress.getByName(address.host());
      return new MonitorServer(bind(host, address, saidBy), address);
    } catch (UnknownHostException e) {
      throw wrong(saidBy, address, "nobody knows that host: write an address of this machine");
    } catch (IOException e) {
      throw wrong(saidBy, address, "it cannot be had (" + e.getMessage() + "): set another one");
    }
  }

  private static HttpServer bind(InetAddress host, HostPort address, String saidBy)
      throws IOException {
    if (!host.isAnyLocalAddress() && NetworkInterface.getByInetAddress(host) == null) {
      throw wrong(
          saidBy,
          address,
          "this machine has no such address: write 127.0.0.1, or 0.0.0.0 for all that it has");
    }
    try {
      return HttpServer.create(new InetSocketAddress(host, address.port()), 0);
    } catch (BindException e) {
      throw wrong(
          saidBy,
          address,
          "the port is in use or not allowed ("
              + e.getMessage()
              + "): stop who has it, or set"
              + " another one");
    }
  }

  private static WrongSettings wrong(String saidBy, HostPort address, String why) {
    return WrongSettings.of(saidBy + " says " + address + ", and " + why + ".");
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Where a browser finds it. */
  public String url() {
    return url;
  }

  /** Answers from now on, and notes how the program is every now and then. To be called once. */
  public void serve(Monitored monitored) {
    Answers answers = new Answers(monitored);
    server.setExecutor(readers);
    server.createContext("/", exchange -> answer(answers, exchange));
    // The thread that the JDK makes for its server is a daemon if the one that starts it is.
    sampler.execute(server::start);
    long period = History.EVERY.toMillis();
    sampler.scheduleAtFixedRate(() -> sample(monitored), 0, period, TimeUnit.MILLISECONDS);
  }

  /** One that fails must not be the last one. */
  private static void sample(Monitored monitored) {
    try {
      monitored.sample();
    } catch (RuntimeException e) {
      log.debug("How the program is could not be noted", e);
    }
  }

  private void answer(Answers answers, HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, allowed(answers, exchange));
    }
  }

  private Answer allowed(Answers answers, HttpExchange exchange) {
    Headers asked = exchange.getRequestHeaders();
    if (!hosts.isOurs(asked.getFirst("Host"))) {
      return Answer.text(
          Answer.MISDIRECTED,
          "This answers on loopback, to http://localhost and http://127.0.0.1 only.");
    }
    if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", ONLY_READING);
      return Answer.text(
          Answer.METHOD_NOT_ALLOWED, "This is for reading only: " + ONLY_READING + ".");
    }
    try {
      return answers.to(
          exchange.getRequestURI().getPath(),
          exchange.getRequestURI().getQuery(),
          asked.getFirst("Accept"));
    } catch (RuntimeException e) {
      log.warn("A request could not be answered: {}", e.toString());
      return Answer.text(Answer.FAILED, "This could not be told; the log says why.");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Content-Security-Policy", CONTENT_POLICY);
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", String.valueOf(answer.body().length));
      exchange.sendResponseHeaders(answer.code(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.code(), answer.body().length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(answer.body());
    }
  }

  /** Ends at once: whoever reads comes again. */
  @Override
  public void close() {
    sampler.shutdownNow();
    server.stop(0);
    readers.shutdownNow();
  }
}
