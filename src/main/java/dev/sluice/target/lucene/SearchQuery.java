package dev.sluice.target.lucene;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;

/**
 * Lucene's query language over what {@link IndexedDocument} writes: where a value is a number or a
 * date, points are looked at as well, and where no field is named, all words are.
 */
final class SearchQuery extends QueryParser {
  /** In the place of a field's name where none is given. */
  private static final String ANY = "#any";

  /** What a word, or a range, becomes in one field. */
  private interface InField {
    Query in(String field) throws ParseException;
  }

  /** An end of a range, or a value: what it is as a number and as a stretch of time. */
  private record Value(String text) {
    Optional<Double> number() {
      try {
        return Optional.of(new BigDecimal(text).doubleValue());
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    /** The first millisecond of a day or a moment, in UTC. */
    Optional<Long> firstMilli() {
      try {
        return Optional.of(
            isDay()
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli()
                : Instant.parse(text).toEpochMilli());
      } catch (DateTimeException | ArithmeticException e) {
        return Optional.empty();
      }
    }

    Optional<Long> lastMilli() {
      return firstMilli()
          .map(
              first ->
                  isDay()
                      ? LocalDate.parse(text)
                              .plusDays(1)
                              .atStartOfDay(ZoneOffset.UTC)
                              .toInstant()
                              .toEpochMilli()
                          - 1
                      : first);
    }

    private boolean isDay() {
      return text.length() == "2026-11-20".length();
    }
  }

  /** Words as they were indexed, and exact texts to the letter. */
  private static final Analyzer ANALYZER =
      new DelegatingAnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
        private final Analyzer words = new StandardAnalyzer();
        private final Analyzer exact = new AsItIs();

        @Override
        protected Analyzer getWrappedAnalyzer(String field) {
          return IndexFields.isExact(field) ? exact : words;
        }
      };

  /** For beginnings, ranges and the like; a whole text needs none. */
  private static final class AsItIs extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      throw new UnsupportedOperationException("an exact text is not taken apart: " + field);
    }
  }

  private final List<String> words;

  /**
   * @param words the fields of the index that have words
   */
  SearchQuery(List<String> words) {
    super(ANY, ANALYZER);
    this.words = words;
    setAllowLeadingWildcard(true);
    setDefaultOperator(Operator.AND);
  }

  private Query over(String field, InField what) throws ParseException {
    if (!field.equals(ANY)) {
      return what.in(IndexFields.asked(field, words));
    }
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String each : words) {
      Query query = what.in(each);
      if (query != null) {
        any.add(query, Occur.SHOULD);
      }
    }
    return any.build();
  }

  private static Query either(Query one, Optional<Query> other) {
    if (other.isEmpty()) {
      return one;
    }
    return one == null
        ? other.get()
        : new BooleanQuery.Builder().add(one, Occur.SHOULD).add(other.get(), Occur.SHOULD).build();
  }

  @Override
  protected Query getFieldQuery(String field, String text, boolean quoted) throws ParseException {
    Value value = new Value(text);
    return over(
        field,
        each -> {
          Query byWords =
              IndexFields.isExact(each)
                  ? newTermQuery(new Term(each, text), 1)
                  : super.getFieldQuery(each, text, quoted);
          Optional<Query> byNumber =
              value
                  .number()
                  .map(number -> DoublePoint.newExactQuery(IndexFields.number(each), number));
          Optional<Query> byDate =
              value
                  .firstMilli()
                  .map(
                      first ->
                          LongPoint.newRangeQuery(
                              IndexFields.date(each), first, value.lastMilli().orElseThrow()));
          return either(either(byWords, byNumber), byDate);
        });
  }

  @Override
  protected Query getFieldQuery(String field, String text, int slop) throws ParseException {
    return over(field, each -> super.getFieldQuery(each, text, slop));
  }

  @Override
  protected Query getPrefixQuery(String field, String text) throws ParseException {
    return over(field, each -> super.getPrefixQuery(each, text));
  }

  @Override
  protected Query getWildcardQuery(String field, String text) throws ParseException {
    return field.equals("*") ? super.getWildcardQuery(field, text) : wildcard(field, text);
  }

  private Query wildcard(String field, String text) throws ParseException {
    return over(field, each -> super.getWildcardQuery(each, text));
  }

  @Override
  protected Query getFuzzyQuery(String field, String text, float similarity) throws ParseException {
    return over(field, each -> super.getFuzzyQuery(each, text, similarity));
  }

  @Override
  protected Query getRegexpQuery(String field, String text) throws ParseException {
    return over(field, each -> super.getRegexpQuery(each, text));
  }

  /** A null is an open end. */
  @Override
  protected Query getRangeQuery(
      String field, String from, String to, boolean fromIncluded, boolean toIncluded)
      throws ParseException {
    return over(
        field,
        each ->
            either(
                either(
                    super.getRangeQuery(each, from, to, fromIncluded, toIncluded),
                    numbers(each, from, to, fromIncluded, toIncluded)),
                dates(each, from, to, fromIncluded, toIncluded)));
  }

  private static Optional<Query> numbers(
      String field, String from, String to, boolean fromIncluded, boolean toIncluded) {
    Optional<Double> low =
        from == null ? Optional.of(Double.NEGATIVE_INFINITY) : new Value(from).number();
    Optional<Double> high =
        to == null ? Optional.of(Double.POSITIVE_INFINITY) : new Value(to).number();
    return low.isEmpty() || high.isEmpty()
        ? Optional.empty()
        : Optional.of(
            DoublePoint.newRangeQuery(
                IndexFields.number(field),
                fromIncluded || from == null ? low.get() : DoublePoint.nextUp(low.get()),
                toIncluded || to == null ? high.get() : DoublePoint.nextDown(high.get())));
  }

  private static Optional<Query> dates(
      String field, String from, String to, boolean fromIncluded, boolean toIncluded) {
    Optional<Long> low =
        from == null
            ? Optional.of(Long.MIN_VALUE)
            : fromIncluded
                ? new Value(from).firstMilli()
                : new Value(from).lastMilli().map(last -> last + 1);
    Optional<Long> high =
        to == null
            ? Optional.of(Long.MAX_VALUE)
            : toIncluded
                ? new Value(to).lastMilli()
                : new Value(to).firstMilli().map(first -> first - 1);
    return low.isEmpty() || high.isEmpty()
        ? Optional.empty()
        : Optional.of(LongPoint.newRangeQuery(IndexFields.date(field), low.get(), high.get()));
  }
}
