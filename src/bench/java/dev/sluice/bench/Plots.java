package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;

/** The medians as pictures. */
final class Plots {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 450;
  private static final List<String> PERCENTILES = List.of("p50", "p99", "p99.9");
  private static final double LOWEST_MILLIS = 0.01;

  private Plots() {}

  static List<Path> write(
      Path folder, String stamp, List<DrainRounds> drains, List<LiveRounds> lives)
      throws IOException {
    List<Path> written = new ArrayList<>();
    if (!drains.isEmpty()) {
      written.add(save(throughput(drains), folder.resolve(stamp + "-throughput.png")));
    }
    for (LiveRounds rounds : lives) {
      written.add(save(latency(rounds), folder.resolve(stamp + "-latency.png")));
    }
    return written;
  }

  private static Path save(Chart<?, ?> chart, Path file) throws IOException {
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    return file;
  }

  private static CategoryChart throughput(List<DrainRounds> drains) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Steady throughput, medians with half the span of all rounds")
            .yAxisTitle("events/s")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setYAxisDecimalPattern("#,###");
    List<String> loads = drains.stream().map(rounds -> name(rounds.load(), drains)).toList();
    for (Contender contender : Contender.values()) {
      List<Optional<Spread>> spreads =
          drains.stream().map(rounds -> rounds.steady(contender)).toList();
      if (spreads.stream().anyMatch(Optional::isPresent)) {
        chart.addSeries(
            contender.word(),
            loads,
            spreads.stream().map(each -> each.map(Spread::median).orElse(0.0)).toList(),
            // One length for both directions is all that the library has.
            spreads.stream()
                .map(each -> each.map(one -> (one.max() - one.min()) / 2).orElse(0.0))
                .toList());
      }
    }
    return chart;
  }

  /** What tells this load from the others. */
  static String name(Load load, List<DrainRounds> all) {
    Load first = all.get(0).load();
    Load last = all.get(all.size() - 1).load();
    if (first.window() != last.window()) {
      return "window " + load.window();
    }
    if (!first.broker().equals(last.broker())) {
      return load.broker();
    }
    if (first.partitions() != last.partitions()) {
      return load.partitions() == 1 ? "1 partition" : load.partitions() + " partitions";
    }
    if (all.stream().mapToInt(each -> each.load().documents()).distinct().count() == 1
        && all.stream().anyMatch(each -> !each.load().settings().isEmpty())) {
      return load.settings().isEmpty() ? "defaults" : load.settingsText();
    }
    if (load.documents() > 0 || !load.settings().isEmpty()) {
      return load.changesText();
    }
    if (first.lanes() != last.lanes()) {
      return load.lanes() + " lanes";
    }
    if (!first.queueType().equals(last.queueType())) {
      return load.queueType();
    }
    return first.sizeBytes() == last.sizeBytes() && first.events() != last.events()
        ? load.events() + " events"
        : load.sizeText();
  }

  private static XYChart latency(LiveRounds rounds) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(
                "Acknowledged write to consumer, documents of "
                    + rounds.load().sizeText()
                    + ", medians")
            .yAxisTitle("ms")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setYAxisLogarithmic(true);
    List<String> names = new ArrayList<>();
    for (int rate : rounds.rates()) {
      PERCENTILES.forEach(name -> names.add(rate + "/s " + name));
    }
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(names.size() - 1.0);
    chart.getStyler().setXAxisMaxLabelCount(names.size()).setXAxisLabelRotation(30);
    chart
        .getStyler()
        .setxAxisTickLabelsFormattingFunction(
            at ->
                at == Math.rint(at) && at >= 0 && at < names.size()
                    ? names.get(at.intValue())
                    : "");
    for (Contender contender : rounds.phases().keySet()) {
      add(chart, rounds, contender);
    }
    return chart;
  }

  /** A logarithm needs something: what came before its acknowledgement is drawn at the bottom. */
  private static void add(XYChart chart, LiveRounds rounds, Contender contender) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    int at = 0;
    for (int rate : rounds.rates()) {
      for (int percentile = 0; percentile < PERCENTILES.size(); percentile++) {
        int which = percentile;
        Optional<Spread> spread =
            rounds.spread(contender, rate, phase -> phase.sinceAck().all().get(which));
        if (spread.isPresent()) {
          x.add((double) at);
          y.add(Math.max(LOWEST_MILLIS, spread.get().median()));
        }
        at++;
      }
    }
    if (!x.isEmpty()) {
      chart.addSeries(contender.word(), x, y);
    }
  }
}
