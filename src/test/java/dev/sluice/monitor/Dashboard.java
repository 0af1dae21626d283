package dev.sluice.monitor;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** docs/grafana/sluice.json: {@link Panel}s in their order, two beside one another. */
final class Dashboard {
  /** Grafana's grid has 24 columns. */
  private static final int WIDTH = 12;

  private static final int HEIGHT = 8;

  private final ObjectMapper mapper = new ObjectMapper();
  private final ArrayNode panels = mapper.createArrayNode();
  private int row;
  private int column;

  static String json() {
    return new Dashboard().text();
  }

  private String text() {
    row("Pipeline");
    Panel.OF_PIPELINE.forEach(this::add);
    row("Consumers");
    Panel.OF_CONSUMER.forEach(this::add);
    ObjectNode all = mapper.createObjectNode();
    all.put("uid", "sluice");
    all.put("title", "Sluice");
    all.put("description", "MongoDB change streams to RabbitMQ. docs/ALERTS.md has what to do.");
    all.putArray("tags").add("sluice").add("cdc");
    all.put("schemaVersion", 39);
    all.put("editable", true);
    all.put("graphTooltip", 1);
    all.put("refresh", "30s");
    all.put("timezone", "browser");
    all.putObject("time").put("from", "now-1h").put("to", "now");
    all.putObject("templating").set("list", variables());
    all.set("panels", panels);
    DefaultPrettyPrinter lines =
        new DefaultPrettyPrinter()
            .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"))
            .withObjectIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
    try {
      return mapper.writer(lines).writeValueAsString(all) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ArrayNode variables() {
    ArrayNode variables = mapper.createArrayNode();
    variables
        .addObject()
        .put("name", "datasource")
        .put("label", "Prometheus")
        .put("type", "datasource")
        .put("query", "prometheus");
    variables.add(variable("job", "label_values(" + Metric.BUILD_INFO.fullName() + ", job)"));
    variables.add(
        variable(
            "instance",
            "label_values(" + Metric.BUILD_INFO.fullName() + "{job=~\"$job\"}, instance)"));
    return variables;
  }

  private ObjectNode variable(String name, String query) {
    ObjectNode variable = mapper.createObjectNode();
    variable.put("name", name).put("label", name).put("type", "query");
    variable.set("datasource", datasource());
    variable.putObject("query").put("query", query).put("refId", name);
    // On each change of the time: instances come and go.
    variable.put("refresh", 2).put("includeAll", true).put("multi", true);
    variable.putObject("current").put("text", "All").put("value", "$__all");
    return variable;
  }

  private ObjectNode datasource() {
    return mapper.createObjectNode().put("type", "prometheus").put("uid", "${datasource}");
  }

  private void row(String title) {
    row += column == 0 ? 0 : HEIGHT;
    column = 0;
    ObjectNode header = panels.addObject();
    header.put("id", panels.size()).put("type", "row").put("title", title);
    header.put("collapsed", false);
    header.set("gridPos", place(0, row, 2 * WIDTH, 1));
    header.putArray("panels");
    row++;
  }

  private void add(Panel panel) {
    ObjectNode node = panels.addObject();
    node.put("id", panels.size()).put("type", panel.type()).put("title", panel.title());
    node.put("description", panel.help());
    node.set("datasource", datasource());
    node.set("gridPos", place(column, row, WIDTH, HEIGHT));
    ObjectNode looks = node.putObject("fieldConfig");
    looks.putObject("defaults").put("unit", panel.unit()).put("min", 0);
    looks.putArray("overrides");
    ArrayNode targets = node.putArray("targets");
    List<Panel.Line> lines = panel.lines();
    for (int i = 0; i < lines.size(); i++) {
      ObjectNode target = targets.addObject();
      target.put("refId", String.valueOf((char) ('A' + i)));
      target.set("datasource", datasource());
      target.put("expr", lines.get(i).expression()).put("legendFormat", lines.get(i).legend());
    }
    if (column == 0) {
      column = WIDTH;
    } else {
      column = 0;
      row += HEIGHT;
    }
  }

  private ObjectNode place(int x, int y, int width, int height) {
    return mapper.createObjectNode().put("x", x).put("y", y).put("w", width).put("h", height);
  }
}
