package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.config.Outlet;
import dev.sluice.config.Scope;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.config.View;
import dev.sluice.route.Routes;
import dev.sluice.route.Way;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the settings of a run say what the judge goes by. */
class LayoutTest {
  private static final HiddenText HIDDEN = new HiddenText("sesame", "a key of sixteen bytes");

  @TempDir private Path folder;

  private Settings read(Layout layout) {
    Map<String, String> settings = layout.settings(folder);
    settings.put("MONGO_DATABASE_HOST", "mongodb://localhost/?replicaSet=rs");
    settings.put("RABBITMQ_HOST", "localhost");
    return SettingsReader.read(settings, Path.of("no-such-file"));
  }

  @Test
  void theWideOneWatchesThreeCollectionsInTwoDatabasesAndNoneBeside() {
    Layout layout = Layout.wide("run", HIDDEN, true);
    Scope scope = read(layout).capture().scope();

    assertThat(layout.places()).hasSize(3);
    assertThat(layout.places()).extracting(Place::database).containsOnly("run", "run-archive");
    assertThat(layout.places())
        .allMatch(place -> scope.contains(place.database(), place.collection()));
    assertThat(layout.outside())
        .isNotEmpty()
        .noneMatch(place -> scope.contains(place.database(), place.collection()));
  }

  @Test
  void theWideOneHasAQueueForEachCollectionByItsRoute() {
    Layout layout = Layout.wide("run", HIDDEN, true);
    Settings settings = read(layout);
    Routes routes = new Routes(settings.route());

    assertThat(layout.places()).extracting(Place::queue).doesNotHaveDuplicates();
    for (Place place : layout.places()) {
      Way way = routes.of(new Namespace(place.database(), place.collection()), "insert");
      List<String> queues =
          settings.rabbit().outlets().stream()
              .filter(outlet -> outlet.exchange().equals(way.exchange().orElse("run")))
              .flatMap(outlet -> outlet.queue().stream())
              .map(queue -> queue.name())
              .toList();
      assertThat(queues).as(place.namespace()).containsExactly(place.queue());
    }
  }

  @Test
  void bindingsAndQueuesAreThoseThatSluiceDeclares() {
    for (Layout layout :
        List.of(Layout.plain(Shape.PLAIN, "run"), Layout.wide("run", HIDDEN, true))) {
      Settings settings = read(layout);
      Set<String> queues = settings.rabbit().queues().stream().collect(Collectors.toSet());
      layout
          .parkingQueue()
          .ifPresent(queue -> assertThat(queue).isEqualTo(settings.rabbit().parkingQueue()));
      layout.parkingQueue().ifPresent(queues::add);

      assertThat(layout.queues()).containsExactlyInAnyOrderElementsOf(queues);
      assertThat(layout.bindings())
          .containsExactlyInAnyOrderElementsOf(
              settings.rabbit().outlets().stream()
                  .filter(outlet -> !outlet.isStraight())
                  .map(LayoutTest::binding)
                  .toList());
    }
  }

  private static Layout.Binding binding(Outlet outlet) {
    return new Layout.Binding(
        outlet.exchange(), outlet.queue().orElseThrow().name(), outlet.bindingKey().orElse("#"));
  }

  @Test
  void withoutImagesOnTheServerTheViewHasNone() {
    assertThat(read(Layout.wide("run", HIDDEN, true)).capture().view())
        .isEqualTo(View.NEW_AND_OLD_IMAGES);
    assertThat(read(Layout.wide("run", HIDDEN, false)).capture().view()).isEqualTo(View.NEW_IMAGE);
  }
}
