package dev.sluice.mongo;

import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Namespace;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.snapshot.Key;
import dev.sluice.snapshot.RequestBook;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotRequest.State;
import dev.sluice.snapshot.SnapshotRequest.Wish;
import java.util.List;
import java.util.Locale;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps requests in the collection {@code sluice.requests} of the watched replica set:
 *
 * <pre>{@code
 * { _id: ObjectId("6b01…"), pipeline: "scrabble-cdc", namespaces: ["shop.orders"], match: "",
 *   ids: [], wish: "run", state: "waiting", answer: "" }
 * }</pre>
 *
 * <p>Whoever asks writes the wish, the pipeline the state and the answer, each its own fields only.
 */
public final class SnapshotRequests implements RequestBook {
  private static final String DATABASE = "sluice";
  private static final String COLLECTION = "requests";

  private final MongoConnection connection;
  private final String pipeline;

  public SnapshotRequests(MongoConnection connection, String pipeline) {
    this.connection = connection;
    this.pipeline = pipeline;
  }

  @Override
  public Mono<List<SnapshotRequest>> open() {
    return find(isOpen());
  }

  /** Those that are over as well, the oldest first. */
  public Mono<List<SnapshotRequest>> all() {
    return find(Filters.empty());
  }

  private Mono<List<SnapshotRequest>> find(Bson which) {
    return Flux.defer(
            () ->
                requests()
                    .find(Filters.and(Filters.eq("pipeline", pipeline), which))
                    .sort(Sorts.ascending("_id")))
        .map(SnapshotRequests::read)
        .collectList()
        .onErrorMap(this::recognise);
  }

  private static Bson isOpen() {
    return Filters.nin("state", text(State.ENDED), text(State.VOID));
  }

  /** That one, if it is there, also when it is over. */
  public Mono<SnapshotRequest> find(String id) {
    return find(byId(id)).flatMap(found -> Mono.justOrEmpty(found.stream().findFirst()));
  }

  /** A name for a request that no other has. */
  public static String newId() {
    return new ObjectId().toHexString();
  }

  /** Leaves a request, and gives its name. */
  public Mono<String> ask(List<Namespace> namespaces, String match, List<Key> ids) {
    return ask(newId(), namespaces, match, ids);
  }

  /** Leaves a request of that name, and gives it. */
  public Mono<String> ask(String id, List<Namespace> namespaces, String match, List<Key> ids) {
    BsonDocument request =
        new BsonDocument("_id", new BsonObjectId(new ObjectId(id)))
            .append("pipeline", new BsonString(pipeline))
            .append(
                "namespaces",
                array(namespaces.stream().map(each -> new BsonString(each.toString())).toList()))
            .append("match", new BsonString(match))
            .append("ids", array(ids.stream().map(Key::asId).toList()))
            .append("wish", new BsonString(text(Wish.RUN)))
            .append("state", new BsonString(text(State.WAITING)))
            .append("answer", new BsonString(""));
    return Mono.defer(() -> Mono.from(requests().insertOne(request)))
        .onErrorMap(this::recognise)
        .thenReturn(id);
  }

  private static BsonArray array(List<? extends BsonValue> values) {
    return new BsonArray(List.copyOf(values));
  }

  /** Wants something else of a request. Fails if there is none of that name that is not over. */
  public Mono<Void> wish(String id, Wish wish) {
    return Mono.defer(
            () ->
                Mono.from(
                    requests()
                        .updateOne(
                            Filters.and(byId(id), isOpen()), Updates.set("wish", text(wish)))))
        .onErrorMap(this::recognise)
        .flatMap(
            result ->
                result.getMatchedCount() == 1
                    ? Mono.empty()
                    : Mono.error(
                        new PipelineException(
                            FailureKind.MISCONFIGURED,
                            "The pipeline \""
                                + pipeline
                                + "\" has no open request "
                                + id
                                + ": sluice snapshot list shows them")));
  }

  @Override
  public Mono<Void> answer(String id, State state, String answer) {
    Bson update = Updates.combine(Updates.set("state", text(state)), Updates.set("answer", answer));
    return Mono.defer(() -> Mono.from(requests().updateOne(byId(id), update)))
        .onErrorMap(this::recognise)
        .then();
  }

  private Bson byId(String id) {
    return Filters.and(
        Filters.eq("pipeline", pipeline),
        Filters.eq("_id", ObjectId.isValid(id) ? new ObjectId(id) : null));
  }

  private static SnapshotRequest read(BsonDocument request) {
    ObjectId id = request.getObjectId("_id").getValue();
    return new SnapshotRequest(
        id.toHexString(),
        request.getArray("namespaces").stream().map(SnapshotRequests::namespace).toList(),
        request.getString("match").getValue(),
        request.getArray("ids").stream().map(each -> Key.of(each.asDocument())).toList(),
        Wish.valueOf(request.getString("wish").getValue().toUpperCase(Locale.ROOT)),
        State.valueOf(request.getString("state").getValue().toUpperCase(Locale.ROOT)),
        request.getString("answer").getValue(),
        id.getDate().toInstant());
  }

  private static Namespace namespace(BsonValue text) {
    String name = text.asString().getValue();
    int dot = name.indexOf('.');
    return new Namespace(name.substring(0, dot), name.substring(dot + 1));
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private MongoCollection<BsonDocument> requests() {
    return connection
        .client()
        .getDatabase(DATABASE)
        .getCollection(COLLECTION, BsonDocument.class)
        .withWriteConcern(WriteConcern.MAJORITY);
  }

  private RuntimeException recognise(Throwable failure) {
    return connection.recognise(failure, Doing.SNAPSHOT);
  }
}
