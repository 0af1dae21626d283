package dev.sluice.embedded;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.util.List;
import org.bson.Document;

/**
 * {@code make local-fault}: does something to the embedded replica set of {@code make local-start}
 * that a real one suffers now and then; docs/EMBEDDED.md has the words.
 */
public final class LocalFault {
  private LocalFault() {}

  /**
   * @param words the ports of the set with commas between, the fault, then {@code key=value} for
   *     each of its parameters
   */
  public static void main(String[] words) {
    Document command = new Document("embeddedFault", words[1]);
    for (int i = 2; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      command.append(pair[0], value(pair[1]));
    }
    System.exit(ask(List.of(words[0].split(",")), command) ? 0 : 1);
  }

  private static Object value(String text) {
    if (text.matches("-?\\d+")) {
      return Integer.parseInt(text);
    }
    if (text.equals("true") || text.equals("false")) {
      return Boolean.parseBoolean(text);
    }
    return text.contains(",") ? List.of(text.split(",")) : text;
  }

  /** Any node will do that is there; one of them may be what was done to them. */
  private static boolean ask(List<String> ports, Document command) {
    for (String port : ports) {
      String uri =
          "mongodb://localhost:" + port + "/?directConnection=true&serverSelectionTimeoutMS=1000";
      try (MongoClient client = MongoClients.create(uri)) {
        Document reply = client.getDatabase("admin").runCommand(command);
        System.out.println("done; in force now: " + reply.get("inForce"));
        return true;
      } catch (MongoCommandException refused) {
        System.err.println("refused: " + refused.getErrorMessage());
        return false;
      } catch (MongoException away) {
        System.err.println("nobody at port " + port);
      }
    }
    System.err.println("The embedded replica set is not running: make local-start.");
    return false;
  }
}
