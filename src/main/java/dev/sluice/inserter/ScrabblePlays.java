package dev.sluice.inserter;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;

/**
 * Makes scrabble plays up. The same seed gives the same writes, save for the ids, which are always
 * new so that a seed can be used twice on one collection. Not thread-safe.
 */
final class ScrabblePlays {
  private static final String[] WORDS = {
    "QUIZ", "JAZZ", "OXYGEN", "SLUICE", "RIVER", "CANAL", "LOCK", "WEIR", "BROOK", "HARBOUR",
    "ZEPHYR", "QUAY", "JETTY", "BUOY", "TIDE", "EDDY", "FJORD", "OXBOW", "DELTA", "MARSH"
  };

  private static final String[] PLAYERS = {"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald"};

  /** What each letter from A to Z counts in English scrabble. */
  private static final int[] POINTS = {
    1, 3, 3, 2, 1, 4, 2, 4, 1, 8, 5, 1, 3, 1, 1, 3, 10, 1, 1, 1, 1, 4, 4, 8, 4, 10
  };

  private static final int BOARD = 15;

  /** 1 January 2026: a fixed beginning, so that times are the same again as well. */
  private static final long FIRST_PLAY_MILLIS = 1_767_225_600_000L;

  private final Random random;
  private final Mix mix;
  private final int sizeBytes;
  private final List<ObjectId> living = new ArrayList<>();
  private long plays;

  /**
   * @param sizeBytes pads documents to about this size; 0 leaves them as they are
   */
  ScrabblePlays(long seed, Mix mix, int sizeBytes) {
    this.random = new Random(seed);
    this.mix = mix;
    this.sizeBytes = sizeBytes;
  }

  /** The next write. Where there is no document yet to change, an insert. */
  Write next() {
    Write.Kind kind = mix.draw(random);
    if (kind == Write.Kind.INSERT || living.isEmpty()) {
      ObjectId id = new ObjectId();
      if (!mix.isInsertsOnly()) {
        living.add(id);
      }
      return new Write(Write.Kind.INSERT, id, play(id));
    }
    int at = random.nextInt(living.size());
    ObjectId id = living.get(at);
    return switch (kind) {
      case UPDATE -> new Write(kind, id, correction());
      case REPLACE -> new Write(kind, id, play(id));
      default -> {
        living.set(at, living.get(living.size() - 1));
        living.remove(living.size() - 1);
        yield new Write(Write.Kind.DELETE, id, null);
      }
    };
  }

  private BsonDocument play(ObjectId id) {
    String word = WORDS[random.nextInt(WORDS.length)];
    BsonArray letters = new BsonArray();
    int score = 0;
    for (char letter : word.toCharArray()) {
      int points = POINTS[letter - 'A'];
      score += points;
      letters.add(
          new BsonDocument("letter", new BsonString(String.valueOf(letter)))
              .append("points", new BsonInt32(points)));
    }
    BsonDocument play =
        new BsonDocument("_id", new BsonObjectId(id))
            .append("word", new BsonString(word))
            .append("letters", letters)
            .append("score", new BsonInt32(score))
            .append("player", new BsonString(PLAYERS[random.nextInt(PLAYERS.length)]))
            .append("board", boardPosition(word.length()))
            .append("playedAt", new BsonDateTime(FIRST_PLAY_MILLIS + 1000 * plays++));
    return pad(play);
  }

  private BsonDocument boardPosition(int length) {
    boolean across = random.nextBoolean();
    int along = random.nextInt(BOARD - length + 1);
    int beside = random.nextInt(BOARD);
    return new BsonDocument("row", new BsonInt32(across ? beside : along))
        .append("column", new BsonInt32(across ? along : beside))
        .append("direction", new BsonString(across ? "across" : "down"));
  }

  /** Unique each time, so that no update is without effect: such a one makes no event. */
  private BsonDocument correction() {
    return new BsonDocument("score", new BsonInt32(random.nextInt(200)))
        .append("corrections", new BsonDateTime(FIRST_PLAY_MILLIS + 1000 * plays++));
  }

  private BsonDocument pad(BsonDocument play) {
    if (sizeBytes > 0) {
      int size = new RawBsonDocument(play, new BsonDocumentCodec()).getByteBuffer().remaining();
      // A string field costs its type, its name with a zero, a length and a zero.
      int missing = sizeBytes - size - "notes".length() - 7;
      if (missing > 0) {
        play.append("notes", new BsonString("x".repeat(missing)));
      }
    }
    return play;
  }
}
