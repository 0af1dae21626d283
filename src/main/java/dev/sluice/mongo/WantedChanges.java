package dev.sluice.mongo;

import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import dev.sluice.change.Operation;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;
import org.bson.BsonRegularExpression;
import org.bson.conversions.Bson;

/**
 * What the server is asked for: the narrowest stream that holds the scope, and what it filters out
 * of it. Names are compared as {@code ns.db} and {@code ns.coll}, apart: a server pushes such a
 * filter down to its log and has it several times cheaper than one on the whole of {@code ns}.
 */
final class WantedChanges {
  private static final String TYPE = "operationType";

  private final CaptureSettings settings;
  private final Scope scope;
  private final List<Bson> own;

  /**
   * @throws dev.sluice.config.WrongSettings if a stage that people wrote cannot be used
   */
  WantedChanges(CaptureSettings settings) {
    this.settings = settings;
    this.scope = settings.scope();
    this.own = OwnStages.of(settings);
  }

  /**
   * The filter and people's own stages behind it. No filter where all is wanted: one that lets
   * everything through is work for the server all the same, and of more than we know it tells only
   * those who ask for expanded events (manual: Change Events).
   */
  List<Bson> stages() {
    List<Bson> conditions = new ArrayList<>();
    operations().ifPresent(conditions::add);
    if (scope.only().isEmpty()) {
      conditions.add(namespaces());
    }
    List<Bson> stages = new ArrayList<>();
    if (!conditions.isEmpty()) {
      stages.add(
          Aggregates.match(conditions.size() == 1 ? conditions.get(0) : Filters.and(conditions)));
    }
    stages.addAll(own);
    return stages;
  }

  /** Whether the server also runs what people wrote, which may fail for reasons of its own. */
  boolean hasOwnStages() {
    return !own.isEmpty();
  }

  private Optional<Bson> operations() {
    List<String> wanted =
        Arrays.stream(Operation.values())
            .filter(Operation::isOfServer)
            .filter(this::isWanted)
            .map(Operation::text)
            .toList();
    boolean all =
        wanted.containsAll(
            Arrays.stream(Operation.values())
                .filter(operation -> operation.isOfServer() && !operation.isExpanded())
                .map(Operation::text)
                .toList());
    return all && !settings.expandedEvents()
        ? Optional.empty()
        : Optional.of(Filters.in(TYPE, wanted));
  }

  private boolean isWanted(Operation operation) {
    return operation.isOnDocument()
        ? settings.operations().contains(operation.text())
        : !operation.isExpanded() || settings.expandedEvents();
  }

  /**
   * A collection that gets a name within the scope is one of it, and what was renamed onto it is
   * gone; the end of a database names no collection, and the end of the stream nothing at all.
   */
  private Bson namespaces() {
    return Filters.or(
        inScope("ns"),
        Filters.and(Filters.eq(TYPE, Operation.RENAME.text()), inScope("to")),
        Filters.and(Filters.eq(TYPE, Operation.DROP_DATABASE.text()), databaseInScope()),
        Filters.eq(TYPE, Operation.INVALIDATE.text()));
  }

  private Bson inScope(String field) {
    List<Bson> conditions = new ArrayList<>();
    conditions.add(anyOf(field, scope.included()));
    if (!scope.excluded().isEmpty()) {
      conditions.add(Filters.nor(anyOf(field, scope.excluded())));
    }
    if (scope.database().isEmpty()) {
      conditions.add(Filters.nin(field + ".db", Scope.NEVER));
    }
    conditions.add(Filters.not(Filters.regex(field + ".coll", "^system\\.")));
    return Filters.and(conditions);
  }

  /** Names that are exact together, by their database: the cheapest to compare. */
  private static Bson anyOf(String field, List<NamespacePattern> patterns) {
    Map<String, List<String>> exact = new LinkedHashMap<>();
    List<Bson> any = new ArrayList<>();
    for (NamespacePattern pattern : patterns) {
      if (pattern.isExact()) {
        exact
            .computeIfAbsent(pattern.databaseName().orElseThrow(), name -> new ArrayList<>())
            .add(pattern.collectionName().orElseThrow());
      } else {
        any.add(
            Filters.and(
                name(field + ".db", pattern.databaseName(), pattern.database()),
                name(field + ".coll", pattern.collectionName(), pattern.collection())));
      }
    }
    exact.forEach(
        (database, collections) ->
            any.add(
                Filters.and(
                    Filters.eq(field + ".db", database),
                    Filters.in(field + ".coll", collections))));
    return any.size() == 1 ? any.get(0) : Filters.or(any);
  }

  private Bson databaseInScope() {
    List<Bson> any =
        scope.included().stream()
            .map(pattern -> name("ns.db", pattern.databaseName(), pattern.database()))
            .toList();
    return Filters.and(Filters.or(any), Filters.nin("ns.db", Scope.NEVER));
  }

  private static Bson name(String field, Optional<String> name, String expression) {
    Function<String, Bson> equal = exact -> Filters.eq(field, exact);
    return name.map(equal)
        .orElseGet(() -> new BsonDocument(field, new BsonRegularExpression(expression)));
  }
}
