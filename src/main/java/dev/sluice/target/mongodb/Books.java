package dev.sluice.target.mongodb;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.sluice.change.Namespace;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.conversions.Bson;

/**
 * What is known of the copy, beside it, in the database {@code sluice} of the same servers, so that
 * one transaction covers both:
 *
 * <pre>{@code
 * collections: { _id: "copy.plays", source: "scrabble.plays", database: "copy", collection: "plays",
 *                kept: true, floor: "6aff9c0b0000000500000000",
 *                cleared: "6aff9c0b0000000500000000", batches: 12 }
 * states:      { _id: { ns: "copy.plays", id: <the document's _id> },
 *                position: "6aff9c0b0000000500000000", deleted: false }
 * }</pre>
 *
 * <p>In a sharded source the {@code _id} of a state has the whole {@code documentKey} too, as
 * {@code key}. A database as a whole is among the collections too, without {@code collection}.
 * Whoever writes states raises {@code batches}: so two consumers of one collection conflict, and
 * none passes a floor that the other has just raised.
 */
final class Books {
  static final String DATABASE = "sluice";

  private static final Namespace COLLECTIONS = new Namespace(DATABASE, "collections");
  private static final Namespace STATES = new Namespace(DATABASE, "states");

  private static final String ID = "_id";
  private static final String POSITION = "position";
  private static final String DELETED = "deleted";
  private static final String FLOOR = "floor";
  private static final String CLEARED = "cleared";
  private static final String NS = "_id.ns";
  private static final String PLACE_ID = "_id.id";
  private static final String PLACE_KEY = "_id.key";

  private final MongoCollection<BsonDocument> collections;
  private final MongoCollection<BsonDocument> states;

  private Books(Cluster cluster) {
    this.collections = cluster.collection(COLLECTIONS);
    this.states = cluster.collection(STATES);
  }

  static Books open(Cluster cluster) {
    cluster.create(COLLECTIONS);
    cluster.create(STATES);
    Books books = new Books(cluster);
    Answers.of(books.states.createIndex(Indexes.ascending(NS, DELETED, POSITION)));
    // Of sharded sources only.
    Answers.of(
        books.states.createIndex(
            Indexes.ascending(NS, PLACE_ID),
            new IndexOptions().partialFilterExpression(Filters.exists(PLACE_KEY))));
    return books;
  }

  /** A database has no point in its name. */
  private static String name(Namespace namespace) {
    return namespace.collection() == null ? namespace.database() : namespace.toString();
  }

  /**
   * The database of the copy is for this one of the source.
   *
   * @throws TargetException if it is for another one
   */
  void registerDatabase(String copy, String source) {
    insertIfMissing(new Namespace(copy, null), new Namespace(source, null));
    String owner = entry(new Namespace(copy, null)).getString("source").getValue();
    if (!owner.equals(source)) {
      throw TargetException.unusable(
          "The target's database "
              + copy
              + " has the copies of the database "
              + owner
              + ", and "
              + source
              + " would be mixed with them: leave sluice.database out, or give each database a target"
              + " of its own");
    }
  }

  private void insertIfMissing(Namespace copy, Namespace source) {
    List<Bson> fields =
        new ArrayList<>(
            List.of(
                Updates.setOnInsert("source", name(source)),
                Updates.setOnInsert("database", copy.database()),
                Updates.setOnInsert(FLOOR, ""),
                Updates.setOnInsert("batches", 0L)));
    if (copy.collection() != null) {
      fields.add(Updates.setOnInsert("collection", copy.collection()));
    }
    Answers.of(
        collections.updateOne(
            Filters.eq(ID, name(copy)), Updates.combine(fields), new UpdateOptions().upsert(true)));
  }

  /** From now on there may be something of that collection. */
  void register(Namespace copy, Namespace source) {
    insertIfMissing(copy, source);
    Answers.of(collections.updateOne(Filters.eq(ID, name(copy)), Updates.set("kept", true)));
  }

  private BsonDocument entry(Namespace copy) {
    BsonDocument found = Answers.of(collections.find(Filters.eq(ID, name(copy))).first());
    return found == null ? new BsonDocument() : found;
  }

  boolean isKept(Namespace copy) {
    return entry(copy).getBoolean("kept", BsonBoolean.FALSE).getValue();
  }

  /** The names of the collections of a database of which there may be something. */
  List<String> kept(String database) {
    return Answers.all(
            collections.find(
                Filters.and(Filters.eq("database", database), Filters.eq("kept", true))))
        .stream()
        .map(each -> each.getString("collection").getValue())
        .sorted()
        .toList();
  }

  String floor(Namespace copy) {
    return floor(entry(copy));
  }

  private static String floor(BsonDocument entry) {
    return entry.getString(FLOOR, new BsonString("")).getValue();
  }

  void raise(Namespace copy, Namespace source, String floor) {
    insertIfMissing(copy, source);
    Answers.of(collections.updateOne(Filters.eq(ID, name(copy)), Updates.max(FLOOR, floor)));
  }

  /** Below this all has been cleared once; what is there was moved there by a rename since. */
  String cleared(Namespace copy) {
    return entry(copy).getString(CLEARED, new BsonString("")).getValue();
  }

  /** What is older is not there any more, and is not to come. */
  void cleared(ClientSession session, Namespace copy, String below) {
    Answers.of(
        collections.updateOne(
            session,
            Filters.eq(ID, name(copy)),
            Updates.combine(Updates.max(FLOOR, below), Updates.max(CLEARED, below))));
  }

  void raise(ClientSession session, Namespace copy, String floor) {
    Answers.of(
        collections.updateOne(session, Filters.eq(ID, name(copy)), Updates.max(FLOOR, floor)));
  }

  /**
   * Has every other transaction on the collection, or on its whole database, conflict with this
   * one.
   *
   * @return the floor that holds in it
   */
  String lock(ClientSession session, Namespace copy) {
    Bson both = Filters.in(ID, name(copy), copy.database());
    Answers.of(collections.updateMany(session, both, Updates.inc("batches", 1L)));
    return Answers.all(collections.find(session, both)).stream()
        .map(Books::floor)
        .max(String::compareTo)
        .orElse("");
  }

  private static BsonDocument key(Namespace copy, BsonDocument place) {
    BsonDocument key = new BsonDocument("ns", new BsonString(name(copy)));
    key.putAll(place);
    return key;
  }

  /** The positions of what is there at these places, markers included, by the comparable place. */
  Map<BsonValue, String> positions(
      ClientSession session, Namespace copy, List<BsonDocument> places) {
    List<BsonDocument> keys = places.stream().map(place -> key(copy, place)).toList();
    Map<BsonValue, String> positions = new HashMap<>();
    for (BsonDocument state : Answers.all(states.find(session, Filters.in(ID, keys)))) {
      positions.put(CopiedState.comparable(place(state)), position(state));
    }
    return positions;
  }

  /** See {@link CopiedState#place}. */
  static BsonDocument place(BsonDocument state) {
    BsonDocument place = state.getDocument(ID).clone();
    place.remove("ns");
    return place;
  }

  static BsonValue id(BsonDocument state) {
    return state.getDocument(ID).get("id");
  }

  /**
   * Whether the document of a sharded source goes on under another {@code documentKey}, as it does
   * when its shard key has changed: a document that moves to another shard is deleted there, and
   * the time of that may be the later one.
   *
   * @param position where it last was under this place
   */
  boolean goesOnElsewhere(
      ClientSession session, Namespace copy, BsonDocument place, String position) {
    return place.containsKey("key")
        && Answers.of(
                states
                    .find(
                        session,
                        Filters.and(
                            Filters.eq(NS, name(copy)),
                            Filters.eq(PLACE_ID, place.get("id")),
                            Filters.exists(PLACE_KEY),
                            Filters.ne(PLACE_KEY, place.get("key")),
                            Filters.eq(DELETED, false),
                            Filters.gt(POSITION, position)))
                    .first())
            != null;
  }

  static String position(BsonDocument state) {
    return state.getString(POSITION).getValue();
  }

  static boolean isDeleted(BsonDocument state) {
    return state.getBoolean(DELETED).getValue();
  }

  void write(ClientSession session, Namespace copy, List<CopiedState> written) {
    put(
        session,
        written.stream()
            .map(each -> state(key(copy, each.place()), each.position(), each.isDeleted()))
            .toList());
  }

  /** Has states of another collection under this one as well. */
  void adopt(ClientSession session, Namespace copy, List<BsonDocument> others) {
    put(
        session,
        others.stream()
            .map(each -> state(key(copy, place(each)), position(each), isDeleted(each)))
            .toList());
  }

  private static BsonDocument state(BsonDocument key, String position, boolean deleted) {
    return new BsonDocument(ID, key)
        .append(POSITION, new BsonString(position))
        .append(DELETED, BsonBoolean.valueOf(deleted));
  }

  private void put(ClientSession session, List<BsonDocument> written) {
    List<UpdateOneModel<BsonDocument>> updates = new ArrayList<>(written.size());
    for (BsonDocument each : written) {
      updates.add(
          new UpdateOneModel<>(
              Filters.eq(ID, each.get(ID)),
              Updates.combine(
                  Updates.set(POSITION, each.get(POSITION)),
                  Updates.set(DELETED, each.get(DELETED))),
              new UpdateOptions().upsert(true)));
    }
    if (!updates.isEmpty()) {
      Answers.of(states.bulkWrite(session, updates));
    }
  }

  /** Some of the states that have a smaller position than this; none if there is none any more. */
  List<BsonDocument> older(ClientSession session, Namespace copy, String below, int limit) {
    return Answers.all(
        states
            .find(
                session,
                Filters.and(
                    Filters.eq(NS, name(copy)),
                    // For the index.
                    Filters.in(DELETED, false, true),
                    Filters.lt(POSITION, below)))
            .limit(limit));
  }

  void remove(ClientSession session, List<BsonDocument> old) {
    List<BsonValue> keys = old.stream().map(each -> each.get(ID)).toList();
    Answers.of(states.deleteMany(session, Filters.in(ID, keys)));
  }

  /** Removes the markers of deletes that are older than this. */
  void sweep(Namespace copy, String below) {
    Answers.of(
        states.deleteMany(
            Filters.and(
                Filters.eq(NS, name(copy)),
                Filters.eq(DELETED, true),
                Filters.lt(POSITION, below))));
  }
}
