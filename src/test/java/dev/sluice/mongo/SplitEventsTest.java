package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class SplitEventsTest {
  private static RawEvent event(String json) {
    ByteBuf bytes = RawBsonDocument.parse(json).getByteBuffer();
    byte[] event = new byte[bytes.remaining()];
    bytes.get(event);
    return new RawEvent(event);
  }

  private static RawEvent fragment(int number, int of, String fields) {
    return event(
        "{_id: {_data: '82-"
            + number
            + "'}, splitEvent: {fragment: "
            + number
            + ", of: "
            + of
            + "}"
            + fields
            + "}");
  }

  private static List<BsonDocument> joined(RawEvent... events) {
    return SplitEvents.join(Flux.just(events))
        .map(each -> BsonDocument.parse(each.toBson().toJson()))
        .collectList()
        .block();
  }

  @Test
  void leavesWholeEventsAsTheyAre() {
    RawEvent one = event("{_id: {_data: '1'}, operationType: 'insert'}");
    RawEvent two = event("{_id: {_data: '2'}, operationType: 'delete'}");

    assertThat(SplitEvents.join(Flux.just(one, two)).collectList().block())
        .satisfiesExactly(
            first -> assertThat(first).isSameAs(one), second -> assertThat(second).isSameAs(two));
  }

  @Test
  void putsTheFieldsOfAllFragmentsTogetherUnderTheTokenOfTheLast() {
    List<BsonDocument> events =
        joined(
            fragment(1, 3, ", operationType: 'update', ns: {db: 'd', coll: 'c'}"),
            fragment(2, 3, ", updateDescription: {updatedFields: {a: 1}}"),
            fragment(3, 3, ", fullDocument: {_id: 1, a: 1}"));

    assertThat(events)
        .containsExactly(
            BsonDocument.parse(
                "{operationType: 'update', ns: {db: 'd', coll: 'c'},"
                    + " updateDescription: {updatedFields: {a: 1}}, _id: {_data: '82-3'},"
                    + " fullDocument: {_id: 1, a: 1}}"));
  }

  @Test
  void tellsSplitEventsInARowFromEachOtherAndFromWholeOnes() {
    List<BsonDocument> events =
        joined(
            event("{_id: {_data: '1'}, n: 1}"),
            fragment(1, 2, ", n: 2"),
            fragment(2, 2, ", m: 2"),
            fragment(1, 2, ", n: 3"),
            fragment(2, 2, ", m: 3"),
            event("{_id: {_data: '4'}, n: 4}"));

    assertThat(events)
        .extracting(each -> each.getNumber("n").intValue())
        .containsExactly(1, 2, 3, 4);
    assertThat(events).noneMatch(each -> each.containsKey("splitEvent"));
  }

  /** The server splits by top-level fields, so an event of one large field is one fragment. */
  @Test
  void takesAnEventOfOneFragmentForWhole() {
    assertThat(SplitEvents.isFollowed(fragment(1, 1, ""))).isFalse();
    assertThat(SplitEvents.isFollowed(fragment(1, 2, ""))).isTrue();
    assertThat(SplitEvents.isFollowed(fragment(2, 2, ""))).isFalse();
    assertThat(SplitEvents.isFollowed(event("{_id: {_data: '1'}}"))).isFalse();
  }

  @Test
  void keepsAWholeEventWaitingForNothing() {
    Sinks.Many<RawEvent> server = Sinks.many().unicast().onBackpressureBuffer();
    AtomicInteger seen = new AtomicInteger();
    SplitEvents.join(server.asFlux()).subscribe(each -> seen.incrementAndGet());

    server.tryEmitNext(event("{_id: {_data: '1'}}"));
    assertThat(seen).hasValue(1);
    server.tryEmitNext(fragment(1, 2, ""));
    assertThat(seen).hasValue(1);
    server.tryEmitNext(fragment(2, 2, ""));
    assertThat(seen).hasValue(2);
  }

  /** The stream ends by a failure: what was begun is read again from behind the event before. */
  @Test
  void passesOnNoHalfOfAnEvent() {
    Flux<RawEvent> broken =
        Flux.concat(
            Flux.just(event("{_id: {_data: '1'}}"), fragment(1, 2, ", n: 2")),
            Flux.error(new IllegalStateException("for a test")));

    assertThat(SplitEvents.join(broken).onErrorComplete().collectList().block()).hasSize(1);
  }
}
