package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Faults for people and for other people's test suites, by commands on the {@code admin} database:
 * MongoDB's own {@code configureFailPoint} and {@code replSetStepDown}, and {@code embeddedFault}.
 *
 * <p>For example {@code {embeddedFault: "kill", node: 1}} and later {@code {embeddedFault:
 * "lift"}}.
 */
final class FaultCommands {

  static final String COMMAND = "embeddedFault";

  private final FaultBoard board;
  private final Map<String, Fault> inForce = new ConcurrentHashMap<>();

  /** Set once the nodes are there: the commands are part of what makes them. */
  private volatile Faults faults;

  FaultCommands(FaultBoard board) {
    this.board = board;
  }

  void control(Faults target) {
    this.faults = target;
  }

  void register(Map<String, Command> commands) {
    commands.put("configureFailPoint", Command.immediate(this::configureFailPoint));
    commands.put("replSetStepDown", Command.immediate(this::stepDown));
    commands.put(COMMAND, Command.immediate(this::fault));
  }

  private Document configureFailPoint(Invocation call) {
    String name = call.text("configureFailPoint");
    if (!name.equals("failCommand")) {
      throw new ServerError(26, "FailPointSetFailed", name + " not found");
    }
    Object mode = call.body().get("mode");
    boolean off = "off".equals(mode);
    if (!off && !"alwaysOn".equals(mode) && !(mode instanceof Document)) {
      throw ServerError.badValue("unknown mode of a failpoint: " + mode);
    }
    board.configure(off ? null : FailPoint.parse(call.document("data", new Document()), mode));
    return new Document("count", 0).append("ok", 1.0);
  }

  private Document stepDown(Invocation call) {
    if (faults.primary() != call.node().index()) {
      throw new ServerError(10107, "NotWritablePrimary", "not primary so can't step down");
    }
    faults.stepDown();
    return new Document("ok", 1.0);
  }

  private Document fault(Invocation call) {
    String name = call.text(COMMAND);
    int node = call.integer("node", 0);
    if (node < 0 || node > 2) {
      throw ServerError.badValue("node must be 0, 1 or 2");
    }
    Duration time = Duration.ofMillis(call.integer("ms", 200));
    int times = call.integer("times", -1);
    String[] commands =
        call.body().get("commands") instanceof List<?> names
            ? names.stream().map(String::valueOf).toArray(String[]::new)
            : new String[0];
    switch (name) {
      case "stepDown" -> faults.stepDown(time, call.flag("cursorsSurvive", true));
      case "kill" -> keep("node" + node, faults.kill(node));
      case "start" -> faults.start(node);
      case "partition" -> keep("partition" + node, faults.partition(node));
      case "delayReplies" -> keep("delay", faults.delayReplies(time, commands));
      case "dropConnections" -> faults.dropConnections();
      case "failCommand" ->
          keep("fail", faults.failCommand(times, call.integer("code", 11600), commands));
      case "closeOn" -> keep("close", faults.closeOn(times, commands));
      case "corruptReply" -> keep("corrupt", faults.corruptReply(times, commands));
      case "rollOplog" -> faults.rollOplog();
      case "loseTokens" -> keep("tokens", faults.loseTokens());
      case "lift" -> {
        inForce.values().forEach(Fault::close);
        inForce.clear();
      }
      default -> throw ServerError.badValue("unknown fault '" + name + "'");
    }
    return new Document("inForce", List.copyOf(inForce.keySet())).append("ok", 1.0);
  }

  private void keep(String key, Fault fault) {
    Fault before = inForce.put(key, fault);
    if (before != null) {
      before.close();
    }
  }
}
