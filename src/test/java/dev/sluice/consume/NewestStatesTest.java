package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NewestStatesTest {
  /** Without transactions; the first time that something is to go, it is away. */
  private static final class StoreThatIsCutOff implements NewestStates.Store {
    final Map<Namespace, String> floors = new HashMap<>();
    final List<String> cleared = new ArrayList<>();
    private boolean away = true;

    @Override
    public String floor(Namespace namespace) {
      return floors.getOrDefault(namespace, "");
    }

    @Override
    public void setFloor(Namespace namespace, String position) {
      floors.put(namespace, position);
    }

    @Override
    public void write(Namespace collection, List<Event> newest) {
      throw new AssertionError("nothing is to be written");
    }

    @Override
    public boolean holds(Namespace collection) {
      return collection.equals(PLAYS);
    }

    @Override
    public void clear(Namespace collection, String below) {
      if (away) {
        away = false;
        throw TargetException.unavailable("It is away", null);
      }
      cleared.add(collection + " " + below);
    }

    @Override
    public void move(Namespace from, Namespace to, String below) {
      throw new AssertionError("nothing is to be moved");
    }

    @Override
    public List<Namespace> collections(String database) {
      return List.of(PLAYS);
    }
  }

  static List<Event> ends() {
    return List.of(
        whole(EventType.DROP, PLAYS, position(1)),
        whole(EventType.DROP_DATABASE, new Namespace("scrabble", null), position(1)),
        snapshotCompleted(PLAYS, position(1), position(2), false));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void anEndThatWasCutOffIsDoneWhenItIsRepeated(Event end) {
    StoreThatIsCutOff store = new StoreThatIsCutOff();
    Batch batch = new Batch(List.of(end));
    assertThatThrownBy(() -> NewestStates.apply(batch, store)).isInstanceOf(TargetException.class);

    NewestStates.apply(batch, store);

    assertThat(store.cleared).containsExactly(PLAYS + " " + position(1));
  }
}
