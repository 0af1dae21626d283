package dev.sluice.target.http;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.in;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.HttpReceiver;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TracePassedOnTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void anEventOfATraceIsPostedInIt() throws Exception {
    Event ofTrace = in(PARENT, insert(PLAYS, key(1), position(1), "{}"));
    Event ofNone = insert(PLAYS, key(2), position(2), "{}");
    try (HttpReceiver receiver = new HttpReceiver((exchange, body) -> 202)) {
      TargetUri uri = TargetUri.parse("http://localhost:" + receiver.port() + "/events");
      try (Target target = HttpTarget.opener(uri, CallSettings.DEFAULT).open()) {
        target.apply(new Batch(List.of(ofTrace, ofNone)));
      }

      HttpReceiver.Received first = receiver.received().get(0);
      assertThat(first.header("traceparent")).isEqualTo(PARENT);
      assertThat(new ObjectMapper().readTree(first.body()).get("traceparent").asText())
          .isEqualTo(PARENT);
      HttpReceiver.Received second = receiver.received().get(1);
      assertThat(second.header("traceparent")).isNull();
      assertThat(second.body()).doesNotContain("traceparent");
    }
  }
}
