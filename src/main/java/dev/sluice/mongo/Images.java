package dev.sluice.mongo;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.json.JsonWriterSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees to it that MongoDB keeps the images of documents that a view needs: the option {@code
 * changeStreamPreAndPostImages} of each watched collection (manual: Change Streams with Document
 * Pre- and Post-Images), from MongoDB 6.0 on. It is looked at, and switched on only where the
 * settings say so: images take space on the server.
 */
final class Images {
  private static final Logger log = LoggerFactory.getLogger(Images.class);

  private static final String OPTION = "changeStreamPreAndPostImages";

  /** What is listed among collections may also be a view. */
  private static final BsonString COLLECTION = new BsonString("collection");

  private final MongoConnection connection;
  private final CaptureSettings settings;
  private final Scope scope;

  Images(MongoConnection connection, CaptureSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.scope = settings.scope();
  }

  /**
   * Makes sure of them, where the view needs images from before the change. Cold. Fails with a
   * {@link PipelineException} that names the command to give.
   */
  Mono<Void> require(ServerVersion version) {
    return needed(version).concatMap(this::carryOut).then();
  }

  /** The commands that {@link #require} would carry out, or name. Cold; fails as that does. */
  Mono<List<String>> missing(ServerVersion version) {
    return needed(version).map(Command::text).collectList();
  }

  private Flux<Command> needed(ServerVersion version) {
    if (!settings.view().hasOldImage()) {
      return Flux.empty();
    }
    if (!version.keepsImages()) {
      return Flux.error(
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "SLUICE_VIEW="
                  + settings.view()
                  + " needs MongoDB 6.0 or newer, which keeps documents as they were before a"
                  + " change; this is "
                  + version
                  + ": choose NEW_IMAGE or KEYS_ONLY"));
    }
    return commands();
  }

  /** Whether all that is watched, and there is some of it, has images: exact new ones then. */
  Mono<Boolean> areEverywhere() {
    return watched().collectList().map(all -> !all.isEmpty() && all.stream().allMatch(Found::kept));
  }

  /** A watched collection that is there, and whether images of its documents are kept. */
  private record Found(String database, String name, boolean kept) {}

  /** A command, for the database that it is to be given to. */
  private record Command(String database, BsonDocument command) {
    String text() {
      return "db.getSiblingDB("
          + quoted(database)
          + ").runCommand("
          + command.toJson(JsonWriterSettings.builder().indent(false).build())
          + ")";
    }

    private static String quoted(String name) {
      String array = new BsonDocument("q", new BsonString(name)).toJson();
      return array.substring(array.indexOf(':') + 2, array.length() - 1);
    }
  }

  /** What is to be done until all that is watched has images. */
  private Flux<Command> commands() {
    return watched()
        .collectList()
        .flatMapIterable(
            found -> {
              List<Command> commands = new ArrayList<>();
              for (NamespacePattern pattern : scope.included()) {
                if (pattern.isExact() && isMissing(pattern, found)) {
                  commands.add(
                      command(
                          "create", pattern.databaseName().get(), pattern.collectionName().get()));
                }
              }
              found.stream()
                  .filter(collection -> !collection.kept())
                  .map(each -> command("collMod", each.database(), each.name()))
                  .forEach(commands::add);
              return commands;
            });
  }

  private boolean isMissing(NamespacePattern pattern, List<Found> found) {
    String database = pattern.databaseName().orElseThrow();
    String name = pattern.collectionName().orElseThrow();
    return scope.contains(database, name)
        && found.stream()
            .noneMatch(each -> each.database().equals(database) && each.name().equals(name));
  }

  private static Command command(String verb, String database, String collection) {
    return new Command(
        database,
        new BsonDocument(verb, new BsonString(collection))
            .append(OPTION, new BsonDocument("enabled", BsonBoolean.TRUE)));
  }

  private Flux<Found> watched() {
    Flux<String> databases =
        scope
            .database()
            .map(Flux::just)
            .orElseGet(() -> Flux.from(connection.client().listDatabaseNames()));
    return databases.concatMap(
        name -> {
          MongoDatabase database = connection.client().getDatabase(name);
          return Flux.from(database.listCollections(BsonDocument.class))
              .filter(each -> each.getString("type", COLLECTION).equals(COLLECTION))
              .map(each -> found(name, each))
              .filter(each -> scope.contains(each.database(), each.name()));
        });
  }

  private static Found found(String database, BsonDocument collection) {
    BsonDocument images =
        collection
            .getDocument("options", new BsonDocument())
            .getDocument(OPTION, new BsonDocument());
    return new Found(
        database,
        collection.getString("name").getValue(),
        images.getBoolean("enabled", BsonBoolean.FALSE).getValue());
  }

  private Mono<Document> carryOut(Command command) {
    if (!settings.enableImages()) {
      return Mono.error(
          new PipelineException(
              FailureKind.MISCONFIGURED,
              "SLUICE_VIEW="
                  + settings.view()
                  + " needs MongoDB to keep images of the documents of each watched collection: set"
                  + " SLUICE_ENABLE_IMAGES=true, or give the command "
                  + command.text()));
    }
    log.info("Switching on images of documents: {}", command.text());
    return Mono.from(
        connection.client().getDatabase(command.database()).runCommand(command.command()));
  }
}
