package dev.sluice.target.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.BootstrappingException;
import com.datastax.oss.driver.api.core.servererrors.DefaultWriteType;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.OverloadedException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import com.datastax.oss.driver.internal.core.metadata.DefaultEndPoint;
import dev.sluice.consume.Event;
import dev.sluice.consume.GivenEvents;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CassandraFailuresTest {
  private static final CassandraFailures FAILURES = new CassandraFailures("Cassandra at //h/k");
  private static final Node NODE = null;

  private static final Event EVENT =
      GivenEvents.insert(GivenEvents.PLAYS, GivenEvents.key(1), GivenEvents.position(1), "{}");

  private static final EndPoint END_POINT =
      new DefaultEndPoint(InetSocketAddress.createUnresolved("h", 9042));

  private static Throwable ofAllNodes(Throwable each) {
    return AllNodesFailedException.fromErrors(
        List.of(Map.entry(someNode(), new OverloadedException(NODE)), Map.entry(someNode(), each)));
  }

  private static Node someNode() {
    return (Node)
        Proxy.newProxyInstance(
            Node.class.getClassLoader(),
            new Class<?>[] {Node.class},
            (node, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> 1;
                  case "equals" -> node == arguments[0];
                  default -> "a node";
                });
  }

  static Stream<Throwable> passing() {
    return Stream.of(
        new NoNodeAvailableException(),
        new DriverTimeoutException("Query timed out after PT12S"),
        new UnavailableException(NODE, DefaultConsistencyLevel.LOCAL_QUORUM, 2, 1),
        new WriteTimeoutException(
            NODE, DefaultConsistencyLevel.LOCAL_QUORUM, 1, 2, DefaultWriteType.BATCH),
        new OverloadedException(NODE),
        new BootstrappingException(NODE),
        new ServerError(NODE, "java.lang.NullPointerException"),
        new IOException("Broken pipe"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatServersAndNetworksGetOverIsWaitedFor(Throwable failure) {
    assertThat(FAILURES.recognise(failure).kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(FAILURES.of(EVENT).apply(new CompletionException(failure)).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  static Stream<Throwable> lasting() {
    return Stream.of(
        new AuthenticationException(END_POINT, "Provided username me is wrong"),
        new UnauthorizedException(NODE, "User me has no MODIFY permission"),
        new InvalidKeyspaceException("Invalid keyspace k"),
        new InvalidQueryException(NODE, "unconfigured table plays"),
        new SyntaxError(NODE, "line 1:0"),
        new IllegalStateException("Multiple data centres"));
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void whatSomebodyHasToChangeStops(Throwable failure) {
    assertThat(FAILURES.recognise(failure).kind()).isEqualTo(Kind.UNUSABLE);
    assertThat(FAILURES.of(EVENT).apply(ofAllNodes(failure)).kind()).isEqualTo(Kind.UNUSABLE);
  }

  static Stream<Throwable> ofRow() {
    return Stream.of(
        new InvalidQueryException(NODE, "Key length of 70000 is longer than maximum of 65535"),
        new InvalidQueryException(NODE, "Guardrail column_value_size violated"),
        new InvalidQueryException(
            NODE, "CQL Message of size 9 bytes exceeds allowed maximum of 8 bytes"),
        new ServerError(
            NODE, "MutationExceededMaxSizeException: Encountered an oversized mutation"));
  }

  @ParameterizedTest
  @MethodSource("ofRow")
  void whatIsTooLargeIsRefusedForThatEventAlone(Throwable failure) {
    TargetException refused = FAILURES.of(EVENT).apply(ofAllNodes(failure));

    assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
    assertThat(refused.event()).contains(EVENT);
  }
}
