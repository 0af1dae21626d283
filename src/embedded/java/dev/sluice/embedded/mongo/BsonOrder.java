package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;

/**
 * A server's order of values across all types: {@code BSONElement::compareElements}, which is also
 * that of an index.
 *
 * <p>Numbers are compared by their exact value, whatever their types. {@link KeyString} is not
 * asked: it loses digits of decimals and of fractions, so two values could fall on one key.
 */
final class BsonOrder implements Comparator<Object> {

  /** Texts by the bytes of their UTF-8, as without a collation. */
  static final BsonOrder SIMPLE = new BsonOrder(BsonOrder::byBytes);

  private static final int UNDEFINED = 0;
  private static final int NULL = 5;
  private static final int NUMBER = 10;
  private static final int TEXT = 15;
  private static final int OBJECT = 20;
  private static final int ARRAY = 25;
  private static final int BINARY = 30;
  private static final int OBJECT_ID = 35;
  private static final int BOOLEAN = 40;
  private static final int DATE = 45;
  private static final int TIMESTAMP = 47;
  private static final int REGEX = 50;
  private static final int DB_POINTER = 55;
  private static final int CODE = 60;
  private static final int SCOPED_CODE = 65;
  private static final int MIN_KEY = -1;
  private static final int MAX_KEY = 127;

  private final Comparator<String> texts;

  /**
   * @param texts how strings compare
   */
  BsonOrder(Comparator<String> texts) {
    this.texts = texts;
  }

  @Override
  public int compare(Object a, Object b) {
    int rank = rank(a);
    int byType = Integer.compare(rank, rank(b));
    return byType != 0 ? byType : compareAlike(rank, a, b);
  }

  private static int rank(Object value) {
    if (value instanceof ObjectId) {
      return OBJECT_ID;
    } else if (value instanceof String) {
      return TEXT;
    } else if (value instanceof Number) {
      return NUMBER;
    } else if (value == null) {
      return NULL;
    } else if (value instanceof Map) {
      return OBJECT;
    } else if (value instanceof Collection) {
      return ARRAY;
    } else if (value instanceof UUID || value instanceof LegacyUUID || value instanceof BinData) {
      return BINARY;
    } else if (value instanceof Boolean) {
      return BOOLEAN;
    } else if (value instanceof Instant) {
      return DATE;
    } else if (value instanceof BsonTimestamp) {
      return TIMESTAMP;
    }
    return rareRank(value);
  }

  private static int rareRank(Object value) {
    if (value instanceof BsonRegularExpression) {
      return REGEX;
    } else if (value instanceof BsonJavaScript) {
      return CODE;
    } else if (value instanceof MinKey) {
      return MIN_KEY;
    } else if (value instanceof MaxKey) {
      return MAX_KEY;
    } else if (value instanceof OpaqueValue opaque) {
      return switch (opaque.type()) {
        case BsonType.UNDEFINED -> UNDEFINED;
        case BsonType.SYMBOL -> TEXT;
        case BsonType.DB_POINTER -> DB_POINTER;
        case BsonType.JAVASCRIPT_WITH_SCOPE -> SCOPED_CODE;
        default -> BINARY;
      };
    }
    // What the engine has for a field that is not there.
    return NULL;
  }

  private int compareAlike(int rank, Object a, Object b) {
    return switch (rank) {
      case NUMBER -> compareNumbers((Number) a, (Number) b);
      case TEXT -> texts.compare(text(a), text(b));
      case OBJECT -> compareFields((Map<?, ?>) a, (Map<?, ?>) b);
      case ARRAY -> compareElements((Collection<?>) a, (Collection<?>) b);
      case BINARY -> compareBinaries(a, b);
      case OBJECT_ID ->
          Arrays.compareUnsigned(((ObjectId) a).toByteArray(), ((ObjectId) b).toByteArray());
      case BOOLEAN -> Boolean.compare((Boolean) a, (Boolean) b);
      case DATE -> Long.compare(((Instant) a).toEpochMilli(), ((Instant) b).toEpochMilli());
      case TIMESTAMP ->
          Long.compareUnsigned(((BsonTimestamp) a).getValue(), ((BsonTimestamp) b).getValue());
      case REGEX -> compareExpressions((BsonRegularExpression) a, (BsonRegularExpression) b);
      case CODE -> byBytes(((BsonJavaScript) a).getCode(), ((BsonJavaScript) b).getCode());
      case DB_POINTER, SCOPED_CODE -> compareBySize(payload(a), payload(b));
      default -> 0;
    };
  }

  /** The bytes of UTF-8 are in the order of code points; UTF-16 is not, because of surrogates. */
  static int byBytes(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean beyond = Character.isSurrogate(x) != Character.isSurrogate(y);
        boolean high = x >= Character.MIN_SURROGATE && y >= Character.MIN_SURROGATE;
        return beyond && high ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static String text(Object value) {
    if (value instanceof OpaqueValue symbol) {
      byte[] payload = symbol.payload();
      return new String(payload, 4, payload.length - 5, StandardCharsets.UTF_8);
    }
    return (String) value;
  }

  private static byte[] payload(Object value) {
    return ((OpaqueValue) value).payload();
  }

  private static int compareBySize(byte[] a, byte[] b) {
    int bySize = Integer.compare(a.length, b.length);
    return bySize != 0 ? bySize : Arrays.compareUnsigned(a, b);
  }

  private static int compareExpressions(BsonRegularExpression a, BsonRegularExpression b) {
    int byPattern = byBytes(a.getPattern(), b.getPattern());
    return byPattern != 0 ? byPattern : byBytes(options(a), options(b));
  }

  private static String options(BsonRegularExpression expression) {
    return expression.getOptions() == null ? "" : expression.getOptions();
  }

  /** Field by field: the type of the value, then the name, then the value. */
  private int compareFields(Map<?, ?> a, Map<?, ?> b) {
    Iterator<? extends Map.Entry<?, ?>> left = a.entrySet().iterator();
    Iterator<? extends Map.Entry<?, ?>> right = b.entrySet().iterator();
    while (left.hasNext() && right.hasNext()) {
      Map.Entry<?, ?> x = left.next();
      Map.Entry<?, ?> y = right.next();
      int rank = rank(x.getValue());
      int order = Integer.compare(rank, rank(y.getValue()));
      order = order != 0 ? order : byBytes((String) x.getKey(), (String) y.getKey());
      order = order != 0 ? order : compareAlike(rank, x.getValue(), y.getValue());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  private int compareElements(Collection<?> a, Collection<?> b) {
    Iterator<?> left = a.iterator();
    Iterator<?> right = b.iterator();
    while (left.hasNext() && right.hasNext()) {
      int order = compare(left.next(), right.next());
      if (order != 0) {
        return order;
      }
    }
    return Boolean.compare(left.hasNext(), right.hasNext());
  }

  /** Length, then subtype, then content. */
  private static int compareBinaries(Object a, Object b) {
    ByteBuffer left = binary(a);
    ByteBuffer right = binary(b);
    int byLength = Integer.compare(left.remaining(), right.remaining());
    if (byLength != 0) {
      return byLength;
    }
    int mismatch = left.mismatch(right);
    return mismatch < 0
        ? 0
        : Byte.compareUnsigned(
            left.get(left.position() + mismatch), right.get(right.position() + mismatch));
  }

  /** Subtype and content. */
  private static ByteBuffer binary(Object value) {
    if (value instanceof OpaqueValue opaque) {
      return ByteBuffer.wrap(opaque.payload(), 4, opaque.payload().length - 4);
    }
    Document shown = new Document("b", value);
    byte[] bytes = BsonWriter.bytesOf(shown);
    // length of the document, type, "b" and its zero, length of the value; a zero at the end
    return ByteBuffer.wrap(bytes, 11, bytes.length - 12);
  }

  private static int compareNumbers(Number a, Number b) {
    if (isWhole(a) && isWhole(b)) {
      return Long.compare(a.longValue(), b.longValue());
    }
    if (isNaN(a) || isNaN(b)) {
      return Boolean.compare(isNaN(b), isNaN(a));
    }
    if (isInfinite(a) || isInfinite(b)) {
      return Integer.compare(infinity(a), infinity(b));
    }
    return exact(a).compareTo(exact(b));
  }

  private static boolean isWhole(Number number) {
    return number instanceof Integer || number instanceof Long;
  }

  private static boolean isNaN(Number number) {
    return number instanceof Double value ? value.isNaN() : number.equals(Decimal128.NaN);
  }

  private static boolean isInfinite(Number number) {
    return infinity(number) != 0;
  }

  private static int infinity(Number number) {
    if (number instanceof Double value) {
      return value.isInfinite() ? (value > 0 ? 1 : -1) : 0;
    }
    return number.equals(Decimal128.POSITIVE_INFINITY)
        ? 1
        : number.equals(Decimal128.NEGATIVE_INFINITY) ? -1 : 0;
  }

  private static BigDecimal exact(Number number) {
    if (number instanceof Double value) {
      return new BigDecimal(value);
    }
    if (number instanceof Decimal128 value) {
      return value.equals(Decimal128.NEGATIVE_ZERO) ? BigDecimal.ZERO : value.toBigDecimal();
    }
    return BigDecimal.valueOf(number.longValue());
  }
}
