package dev.sluice.message;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.ObjectId;

/** The event of the benchmarks: an update of 1 KB, with its envelope and a looked-up document. */
public final class SampleEvent {
  private SampleEvent() {}

  /** The event as the server sends it. */
  public static byte[] bytes() {
    BsonDocument event =
        BsonDocument.parse(
            """
            {"_id": {"_data": "8267409B3E000000012B042C0100296E5A1004A1B2C3D4E5F60718293A4B5C6D7E8F\
            9046645F69640064665F1C2A9D3E4B00123456780004"},
             "operationType": "update",
             "clusterTime": {"$timestamp": {"t": 1763600000, "i": 5}},
             "wallTime": {"$date": "2026-11-20T01:02:03.120Z"},
             "ns": {"db": "scrabble", "coll": "scrabble"},
             "documentKey": {"_id": {"$oid": "665f1c2a9d3e4b0012345678"}},
             "updateDescription": {"updatedFields": {"score": 23}, "removedFields": [],
               "truncatedArrays": []},
             "fullDocument": {
               "_id": {"$oid": "665f1c2a9d3e4b0012345678"}, "word": "QUIZ", "score": 23,
               "letters": ["Q", "U", "I", "Z"], "player": "Amélie Durand", "team": "north",
               "board": {"row": 7, "column": 11, "across": true, "premium": [2, 3]},
               "round": 14, "bag": 31, "total": {"$numberLong": "18446744073"},
               "valid": true, "challenged": false, "challenger": null, "seconds": 12.75,
               "rating": 1843.5, "average": 17.3, "share": 0.125, "language": "en-GB",
               "dictionary": "Collins Scrabble Words 2024", "client": "web/4.12.1",
               "address": "203.0.113.77", "country": "FR", "city": "Saint-Étienne",
               "stake": {"$numberDecimal": "19.90"}, "version": 3,
               "note": "He said \\"no way\\", then counted again.", "tag": "league-2026-autumn"}}
            """);
    BsonDocument document = event.getDocument("fullDocument");
    document.put(
        "playedAt", new BsonDateTime(Instant.parse("2026-11-20T01:02:03.120Z").toEpochMilli()));
    document.put("gameId", new BsonBinary(UUID.fromString("1b4e28ba-2fa1-11d2-883f-0016d3cca427")));
    document.put("digest", new BsonBinary(ByteBuffer.wrap(new ObjectId().toByteArray()).array()));
    BasicOutputBuffer bytes = new BasicOutputBuffer();
    new BsonDocumentCodec()
        .encode(new BsonBinaryWriter(bytes), event, EncoderContext.builder().build());
    return bytes.toByteArray();
  }
}
