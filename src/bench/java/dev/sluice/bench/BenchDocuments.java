package dev.sluice.bench;

import java.util.Random;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/**
 * Scrabble games of about a wanted size: some fields of each usual type, then moves (small
 * documents) and remarks (text) in turns until the size is reached. The same seed gives the same
 * documents, ids aside.
 */
public final class BenchDocuments {
  private static final String[] WORDS = {
    "QUIZ", "JAZZ", "OXYGEN", "SLUICE", "RIVER", "CANAL", "LOCK", "WEIR", "BROOK", "HARBOUR"
  };
  private static final String[] PLAYERS = {"Ada", "Grace", "Amélie Durand", "Edsger", "Łukasz"};
  private static final String[] REMARKS = {
    "Challenged and found valid in the dictionary of the club. ",
    "He said \"no way\", then counted again and agreed. ",
    "Both had seen the triple word score; only one had the tiles for it.\n",
    "Après trois minutes de réflexion, a small word in the corner. "
  };

  /** 1 January 2026. */
  private static final long FIRST_GAME_MILLIS = 1_767_225_600_000L;

  private static final int SEED = 17;

  /** What a move takes in an array, about. */
  private static final int MOVE_BYTES = 74;

  /** The array and the text themselves, empty. */
  private static final int FILLING_NAMES = 26;

  private final Random random = new Random(SEED);
  private final int size;

  /** What is left of the size for moves and remarks; below zero before the first document. */
  private int filling = -1;

  public BenchDocuments(int size) {
    this.size = size;
  }

  /** The game with this number as its marker. */
  public BsonDocument next(int number) {
    BsonDocument game =
        new BsonDocument("_id", new BsonObjectId(new ObjectId()))
            .append("ref", new BsonString(Marker.of(number)))
            .append("word", oneOf(WORDS, BsonString::new))
            .append("score", new BsonInt32(random.nextInt(200)))
            .append("player", oneOf(PLAYERS, BsonString::new))
            .append("playedAt", new BsonDateTime(FIRST_GAME_MILLIS + 1000L * number))
            .append("total", new BsonInt64(10_000_000_000L + number))
            .append("rating", new BsonDouble(1000 + random.nextInt(100_000) / 100.0))
            .append("stake", new BsonDecimal128(Decimal128.parse("19." + random.nextInt(10, 100))))
            .append("valid", BsonBoolean.valueOf(random.nextBoolean()))
            .append(
                "board",
                new BsonDocument("row", new BsonInt32(random.nextInt(15)))
                    .append("column", new BsonInt32(random.nextInt(15)))
                    .append("direction", new BsonString("across")));
    fill(game);
    return game;
  }

  private void fill(BsonDocument game) {
    if (filling < 0) {
      filling = Math.max(0, size - sizeOf(game) - FILLING_NAMES);
    }
    if (filling == 0) {
      return;
    }
    BsonArray moves = new BsonArray();
    StringBuilder remarks = new StringBuilder();
    int left = filling;
    while (left > 0) {
      if (left > MOVE_BYTES && moves.size() * MOVE_BYTES <= remarks.length()) {
        moves.add(move());
        left -= MOVE_BYTES;
      } else {
        String remark = oneOf(REMARKS, text -> text);
        remarks.append(remark, 0, Math.min(left, remark.length()));
        left -= remark.length();
      }
    }
    game.append("moves", moves).append("remarks", new BsonString(remarks.toString()));
  }

  private BsonDocument move() {
    return new BsonDocument("word", oneOf(WORDS, BsonString::new))
        .append("points", new BsonInt32(random.nextInt(80)))
        .append("seconds", new BsonDouble(random.nextInt(12_000) / 100.0))
        .append("at", new BsonDateTime(FIRST_GAME_MILLIS + random.nextInt(1_000_000_000)))
        .append("across", BsonBoolean.valueOf(random.nextBoolean()));
  }

  private <T> T oneOf(String[] texts, Function<String, T> made) {
    return made.apply(texts[random.nextInt(texts.length)]);
  }

  static int sizeOf(BsonDocument document) {
    return new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().remaining();
  }
}
