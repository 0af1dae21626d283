package dev.sluice.target.lucene;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * An index that is kept in step, and may be filled a second time: in the directory {@code next}
 * within its own. The file {@code rebuild.json} is there as long as something is remembered of a
 * rebuild. The swap is one commit of the live index, which has the other one's segments in the
 * place of its own documents and says in its user data by which snapshot it was rebuilt.
 */
public final class LuceneStore implements Rebuildable {
  private static final String NEXT = "next";
  private static final String RECORD = "rebuild.json";
  private static final String REQUEST = "request";
  private static final String QUEUE = "queue";
  private static final String LAYOUT = "layout";

  /**
   * Each batch is a segment of its own, which is written, synchronised and merged with others: of
   * 500 documents that is two thirds of what an event costs, of 2,000 next to nothing.
   */
  private static final int BATCH = 2_000;

  private final IndexParameters parameters;
  private final Path place;
  private final ObjectMapper json = new ObjectMapper();

  /** What may throw what Lucene throws. */
  private interface Work<T> {
    T run() throws IOException;
  }

  public LuceneStore(IndexParameters parameters) {
    this.parameters = Objects.requireNonNull(parameters, "parameters");
    this.place = parameters.directory();
  }

  private <T> T lucene(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw IndexFailures.recognise(e, place);
    }
  }

  private IndexParameters beside() {
    return parameters.in(place.resolve(NEXT));
  }

  @Override
  public Target open() {
    return LuceneTarget.open(parameters);
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public Target openBeside() {
    if (Files.notExists(place.resolve(NEXT))) {
      throw TargetException.unavailable("Somebody else has ended the rebuild", null);
    }
    return LuceneTarget.open(beside());
  }

  /** Of the last commit; also while the index is being written. */
  private static CommitData committed(Path index) throws IOException {
    if (Files.notExists(index)) {
      return CommitData.of(null);
    }
    try (Directory directory = FSDirectory.open(index)) {
      return CommitData.of(SegmentInfos.readLatestCommit(directory).getUserData().entrySet());
    } catch (IndexNotFoundException e) {
      return CommitData.of(null);
    }
  }

  @Override
  public List<Namespace> collections() {
    return lucene(() -> committed(place).kept());
  }

  @Override
  public Optional<Rebuild> rebuild() {
    return lucene(
        () -> {
          Path record = place.resolve(RECORD);
          if (Files.notExists(record)) {
            return Optional.empty();
          }
          var kept = json.readTree(record.toFile());
          String request = kept.path(REQUEST).asText();
          return Optional.of(
              new Rebuild(
                  request,
                  kept.path(QUEUE).asText(),
                  kept.path(LAYOUT).asText(),
                  committed(place).rebuiltBy().equals(request)));
        });
  }

  @Override
  public void begin(String request, String queue, String layout) {
    discard();
    LuceneTarget.open(beside()).close();
    ObjectNode record = json.createObjectNode();
    record.put(REQUEST, request).put(QUEUE, queue).put(LAYOUT, layout);
    lucene(
        () -> {
          Path written = place.resolve(RECORD + ".new");
          json.writeValue(written.toFile(), record);
          return Files.move(written, place.resolve(RECORD), StandardCopyOption.ATOMIC_MOVE);
        });
  }

  @Override
  public List<Namespace> swap(List<Namespace> collections, String from) {
    String request =
        rebuild()
            .filter(each -> !each.isDone())
            .map(Rebuild::request)
            .orElseThrow(
                () -> TargetException.unavailable("Somebody else has ended the rebuild", null));
    List<Namespace> swapped = lucene(() -> swap(collections, from, request));
    lucene(this::deleteNext);
    return swapped;
  }

  private List<Namespace> swap(List<Namespace> collections, String from, String request)
      throws IOException {
    List<Namespace> swapped = new ArrayList<>();
    CommitData next = committed(place.resolve(NEXT));
    try (Directory live = FSDirectory.open(place);
        Directory beside = FSDirectory.open(place.resolve(NEXT));
        IndexWriter writer = LuceneTarget.writer(live)) {
      CommitData data = CommitData.of(writer.getLiveCommitData());
      for (Namespace each : collections) {
        if (data.isKept(each) && next.effectiveFloor(each).compareTo(from) <= 0) {
          swapped.add(each);
          writer.deleteDocuments(LuceneTarget.of(each));
        }
      }
      if (!swapped.isEmpty()) {
        keepOnly(swapped, beside);
        writer.addIndexes(beside);
      }
      data.rebuiltBy(request);
      writer.setLiveCommitData(data.entries());
      writer.commit();
    }
    return swapped;
  }

  private static void keepOnly(List<Namespace> collections, Directory beside) throws IOException {
    BooleanQuery.Builder others = new BooleanQuery.Builder();
    others.add(new MatchAllDocsQuery(), Occur.MUST);
    for (Namespace each : collections) {
      Query own = LuceneTarget.of(each);
      others.add(own, Occur.MUST_NOT);
    }
    try (IndexWriter writer = LuceneTarget.writer(beside)) {
      writer.deleteDocuments(others.build());
      writer.commit();
    }
  }

  @Override
  public void discard() {
    lucene(
        () -> {
          Files.deleteIfExists(place.resolve(RECORD));
          return deleteNext();
        });
  }

  private Void deleteNext() throws IOException {
    Path next = place.resolve(NEXT);
    if (Files.exists(next)) {
      try (Stream<Path> all = Files.walk(next)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
    return null;
  }
}
