package dev.sluice.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Collects spans as an OpenTelemetry collector does, by OTLP over HTTP in protobuf. Of a span it
 * reads what the tests look at (opentelemetry-proto, trace.proto).
 */
public final class OtlpReceiver implements AutoCloseable {
  public static final int PRODUCER = 4;
  public static final int CONSUMER = 5;

  /**
   * One span; ids are hexadecimal.
   *
   * @param links the traces and spans that it links to, as "trace-span"
   */
  public record Span(
      String service,
      String trace,
      String id,
      String parent,
      String name,
      int kind,
      long beginNanos,
      long endNanos,
      Map<String, Object> attributes,
      List<String> links,
      String failure) {}

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/v1/traces", this::handle);
    server.start();
  }

  /** As OTEL_EXPORTER_OTLP_ENDPOINT has it. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All that came until now. */
  public List<Span> spans() {
    return List.copyOf(spans);
  }

  public List<Span> spans(int kind) {
    return spans.stream().filter(span -> span.kind() == kind).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Fields request = new Fields(exchange.getRequestBody().readAllBytes());
    for (Fields resource : request.all(1)) {
      String service = (String) attributes(resource.all(1).get(0), 1).get("service.name");
      for (Fields scope : resource.all(2)) {
        scope.all(2).forEach(span -> spans.add(span(service, span)));
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static Span span(String service, Fields span) {
    List<String> links =
        span.all(13).stream().map(link -> link.hex(1) + "-" + link.hex(2)).toList();
    String failure = span.all(15).stream().map(status -> status.text(2)).findFirst().orElse("");
    return new Span(
        service,
        span.hex(1),
        span.hex(2),
        span.hex(4),
        span.text(5),
        (int) span.number(6),
        span.number(7),
        span.number(8),
        attributes(span, 9),
        links,
        failure);
  }

  private static Map<String, Object> attributes(Fields holder, int field) {
    Map<String, Object> attributes = new HashMap<>();
    for (Fields each : holder.all(field)) {
      Fields value = each.all(2).get(0);
      attributes.put(each.text(1), value.has(1) ? value.text(1) : (Object) value.number(3));
    }
    return attributes;
  }

  /** A protobuf message: its fields by their numbers, each a long or bytes. */
  private static final class Fields {
    private final Map<Integer, List<Object>> fields = new HashMap<>();

    Fields(byte[] message) {
      ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        int tag = (int) varint(bytes);
        fields.computeIfAbsent(tag >>> 3, number -> new ArrayList<>()).add(value(tag & 7, bytes));
      }
    }

    private static Object value(int type, ByteBuffer bytes) {
      return switch (type) {
        case 0 -> varint(bytes);
        case 1 -> bytes.getLong();
        case 5 -> (long) bytes.getInt();
        default -> {
          byte[] value = new byte[(int) varint(bytes)];
          bytes.get(value);
          yield value;
        }
      };
    }

    private static long varint(ByteBuffer bytes) {
      BigInteger value = BigInteger.ZERO;
      int shift = 0;
      byte next;
      do {
        next = bytes.get();
        value = value.or(BigInteger.valueOf(next & 0x7f).shiftLeft(shift));
        shift += 7;
      } while (next < 0);
      return value.longValue();
    }

    boolean has(int number) {
      return fields.containsKey(number);
    }

    List<Fields> all(int number) {
      return fields.getOrDefault(number, List.of()).stream()
          .map(value -> new Fields((byte[]) value))
          .toList();
    }

    private byte[] bytes(int number) {
      return has(number) ? (byte[]) fields.get(number).get(0) : new byte[0];
    }

    String text(int number) {
      return new String(bytes(number), StandardCharsets.UTF_8);
    }

    String hex(int number) {
      return HexFormat.of().formatHex(bytes(number));
    }

    long number(int number) {
      return has(number) ? (long) fields.get(number).get(0) : 0;
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
