package dev.sluice.testing;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** The members of a replica set, as far as they can be hurt from outside, by their numbers. */
interface SetMembers extends AutoCloseable {
  String uri();

  /** What they are called, in the order of their numbers. */
  List<String> hosts();

  /** The member's process dies, and whoever talks to it is cut off. */
  void kill(int member);

  /** A killed member comes back; nothing happens to one that runs. */
  void start(int member);

  /** The member keeps its connections and answers nobody. */
  void silence(int member);

  /** A silent member answers again; nothing happens to one that does. */
  void wake(int member);

  /** Carries out this one command once and answers with bytes that are no document. */
  void corruptReply(String command);

  @Override
  void close();

  /** The members of an embedded set that belongs to the test. */
  static SetMembers of(EmbeddedReplicaSet set) {
    Map<Integer, Fault> silent = new ConcurrentHashMap<>();
    return new SetMembers() {
      @Override
      public String uri() {
        return set.uri();
      }

      @Override
      public List<String> hosts() {
        return set.ports().stream().map(port -> "localhost:" + port).toList();
      }

      @Override
      public void kill(int member) {
        set.faults().kill(member);
      }

      @Override
      public void start(int member) {
        set.faults().start(member);
      }

      @Override
      public void silence(int member) {
        silent.put(member, set.faults().partition(member));
      }

      @Override
      public void wake(int member) {
        Fault fault = silent.remove(member);
        if (fault != null) {
          fault.close();
        }
      }

      @Override
      public void corruptReply(String command) {
        set.faults().corruptReply(1, command);
      }

      @Override
      public void close() {
        set.close();
      }
    };
  }

  /** The members of processes that belong to the test. */
  static SetMembers of(MongodReplicaSet set) {
    return new SetMembers() {
      @Override
      public String uri() {
        return set.uri();
      }

      @Override
      public List<String> hosts() {
        return set.hosts();
      }

      @Override
      public void kill(int member) {
        set.kill(member);
      }

      @Override
      public void start(int member) {
        set.start(member);
      }

      @Override
      public void silence(int member) {
        set.pause(member);
      }

      @Override
      public void wake(int member) {
        set.unpause(member);
      }

      @Override
      public void corruptReply(String command) {
        Assumptions.abort("a real mongod does not answer with damaged bytes");
      }

      @Override
      public void close() {
        set.close();
      }
    };
  }

  /** The members of a set that is somebody else's: what would harm it skips the test. */
  static SetMembers given(String uri, List<String> hosts) {
    return new SetMembers() {
      @Override
      public String uri() {
        return uri;
      }

      @Override
      public List<String> hosts() {
        return hosts;
      }

      @Override
      public void kill(int member) {
        notOurs("kill a member");
      }

      @Override
      public void start(int member) {}

      @Override
      public void silence(int member) {
        notOurs("silence a member");
      }

      @Override
      public void wake(int member) {}

      @Override
      public void corruptReply(String command) {
        notOurs("damage a reply");
      }

      private void notOurs(String what) {
        Assumptions.abort("the replica set was given to the tests, who must not " + what);
      }

      @Override
      public void close() {}
    };
  }
}
