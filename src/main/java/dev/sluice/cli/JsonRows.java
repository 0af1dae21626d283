package dev.sluice.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;

/** An object of JSON a line. */
final class JsonRows implements RowForm {
  private final JsonMapper mapper = new JsonMapper();
  private final PrintWriter out;
  private List<String> names;

  JsonRows(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> names) {
    this.names = names;
  }

  @Override
  public void row(List<Object> values) {
    ObjectNode row = mapper.createObjectNode();
    for (int i = 0; i < names.size(); i++) {
      row.putPOJO(names.get(i), values.get(i));
    }
    out.println(row);
  }

  @Override
  public void end() {
    out.flush();
  }
}
