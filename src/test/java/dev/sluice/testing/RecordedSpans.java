package dev.sluice.testing;

import dev.sluice.change.TraceParent;
import dev.sluice.trace.Spans;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Spans that a test looks at. */
public final class RecordedSpans implements Spans {
  public final List<Recorded> all = new CopyOnWriteArrayList<>();

  /** One of them; its context ends in its number. */
  public static final class Recorded implements Span {
    public final String name;
    public final long beginMillis;
    public final List<TraceParent> links;
    public boolean ended;
    public int messages;
    public String failure;
    private final TraceParent context;

    Recorded(int number, String name, long beginMillis, List<TraceParent> links) {
      this.name = name;
      this.beginMillis = beginMillis;
      this.links = new ArrayList<>(links);
      this.context = parent(number);
    }

    @Override
    public TraceParent context() {
      return context;
    }

    @Override
    public void link(TraceParent cause) {
      links.add(cause);
    }

    @Override
    public void end(int count, String why) {
      if (ended) {
        throw new IllegalStateException("ended twice: " + name);
      }
      ended = true;
      messages = count;
      failure = why;
    }
  }

  /** The n-th of all that a test may need. */
  public static TraceParent parent(int n) {
    return new TraceParent(String.format("00-%032x-%016x-01", n, n));
  }

  @Override
  public Span send(String destination, long beginMillis) {
    return add("send " + destination, beginMillis, List.of());
  }

  @Override
  public Span process(String queue, List<TraceParent> causes) {
    return add("process " + queue, 0, causes);
  }

  private Span add(String name, long beginMillis, List<TraceParent> links) {
    Recorded span = new Recorded(all.size() + 1, name, beginMillis, links);
    all.add(span);
    return span;
  }

  @Override
  public void close() {
    all.clear();
  }
}
