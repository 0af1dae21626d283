package dev.sluice.target.mongodb;

import com.mongodb.reactivestreams.client.ClientSession;
import dev.sluice.change.Namespace;
import dev.sluice.config.Secret;
import dev.sluice.config.WrongSettings;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.tls.PemContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.bson.BsonValue;

/**
 * Keeps a copy of collections in step, by transactions: a document and what is known of it change
 * together. A batch may be several of them, as one must not last longer than a minute; each is
 * right by itself, and done again it changes nothing.
 */
public final class MongoTarget implements Target, NewestStates.Store {
  /**
   * What MongoDB advises for a transaction is a thousand at the most, and there are two for each.
   */
  static final int IN_A_TRANSACTION = 500;

  private final MongoParameters parameters;
  private final JsonForm form;
  private final CopyFailures failures;
  private final Cluster cluster;
  private final Books books;
  private final CopiedDocuments documents;
  private final WholeCollections whole;
  private final MarkerSweep markers;
  private final boolean isAtSource;
  private final Map<String, String> databases = new HashMap<>();
  private final Set<Namespace> prepared = new HashSet<>();

  private MongoTarget(
      MongoParameters parameters, Optional<Secret> source, JsonForm form, Cluster cluster) {
    this.parameters = parameters;
    this.form = form;
    this.failures = new CopyFailures(parameters.shown());
    this.cluster = cluster;
    this.books = Books.open(cluster);
    this.documents = new CopiedDocuments(cluster, failures);
    this.whole = new WholeCollections(cluster, books, documents);
    this.markers = new MarkerSweep(parameters.markers());
    this.isAtSource = source.map(cluster::isAt).orElse(false);
  }

  /**
   * What opens the copy.
   *
   * @param source the URI of the MongoDB that the changes are of, if that is known
   * @throws WrongSettings if a file for TLS cannot be used
   */
  public static Target.Opener opener(MongoParameters parameters, Optional<Secret> source) {
    JsonForm form = new JsonForm();
    Optional<SSLContext> tls =
        parameters.tls().any() ? Optional.of(PemContext.of(parameters.tls())) : Optional.empty();
    return () -> {
      Cluster cluster = null;
      try {
        cluster = Cluster.open(parameters.uri(), tls);
        return new MongoTarget(parameters, source, form, cluster);
      } catch (RuntimeException e) {
        if (cluster != null) {
          cluster.close();
        }
        throw new CopyFailures(parameters.shown()).recognise(e);
      }
    };
  }

  @Override
  public void apply(Batch batch) {
    try {
      NewestStates.apply(batch, this);
      markers
          .below(batch)
          .ifPresent(below -> prepared.forEach(each -> books.sweep(copyOf(each), below)));
    } catch (RuntimeException e) {
      throw failures.recognise(e);
    }
  }

  /** Where a collection is copied to, or a database as a whole. */
  private Namespace copyOf(Namespace source) {
    String database = databases.get(source.database());
    if (database == null) {
      database = parameters.database().orElse(source.database());
      if (isAtSource && database.equals(source.database())) {
        throw TargetException.unusable(
            "The target "
                + parameters.shown()
                + " is where the changes come from, and each write would be a change again, for ever:"
                + " name other servers, or by sluice.database another database that is not watched");
      }
      books.registerDatabase(database, source.database());
      databases.put(source.database(), database);
    }
    return new Namespace(database, source.collection());
  }

  private Namespace prepare(Namespace source) {
    Namespace copy = copyOf(source);
    if (prepared.add(source)) {
      cluster.create(copy);
      books.register(copy, source);
    }
    return copy;
  }

  @Override
  public boolean holds(Namespace collection) {
    return prepared.contains(collection) || books.isKept(copyOf(collection));
  }

  @Override
  public String floor(Namespace namespace) {
    return books.floor(copyOf(namespace));
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    books.raise(copyOf(namespace), namespace, position);
  }

  @Override
  public List<Namespace> collections(String database) {
    return books.kept(copyOf(new Namespace(database, null)).database()).stream()
        .map(collection -> new Namespace(database, collection))
        .toList();
  }

  @Override
  public void write(Namespace collection, List<Event> newest) {
    Namespace copy = prepare(collection);
    for (int from = 0; from < newest.size(); from += IN_A_TRANSACTION) {
      List<CopiedState> states = new ArrayList<>();
      for (Event event : newest.subList(from, Math.min(newest.size(), from + IN_A_TRANSACTION))) {
        form.look(event);
        states.add(CopiedState.of(event));
      }
      cluster.transaction(session -> write(session, copy, states));
    }
  }

  private void write(ClientSession session, Namespace copy, List<CopiedState> states) {
    String floor = books.lock(session, copy);
    Map<BsonValue, String> there =
        books.positions(session, copy, states.stream().map(CopiedState::place).toList());
    Map<BsonValue, CopiedState> newer = new LinkedHashMap<>();
    for (CopiedState state : states) {
      BsonValue place = CopiedState.comparable(state.place());
      if (state.position().compareTo(floor) >= 0
          && state.position().compareTo(there.getOrDefault(place, "")) > 0) {
        newer.merge(
            place,
            state,
            (one, other) -> other.position().compareTo(one.position()) >= 0 ? other : one);
      }
    }
    List<BsonValue> gone = new ArrayList<>();
    List<CopiedState> present = new ArrayList<>();
    newer.forEach(
        (place, state) -> {
          if (!state.isDeleted()) {
            present.add(state);
          } else if (!books.goesOnElsewhere(
              session, copy, state.place(), there.getOrDefault(place, ""))) {
            gone.add(state.id());
          }
        });
    documents.delete(session, copy, gone);
    documents.put(
        session,
        copy,
        present.stream().map(CopiedState::document).toList(),
        present.stream().map(CopiedState::event).toList());
    books.write(session, copy, List.copyOf(newer.values()));
  }

  @Override
  public void clear(Namespace collection, String below) {
    whole.clear(copyOf(collection), below);
  }

  @Override
  public void move(Namespace from, Namespace to, String below) {
    whole.move(copyOf(from), prepare(to), below);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
