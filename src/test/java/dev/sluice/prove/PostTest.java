package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Partition;
import dev.sluice.config.SettingsReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which process is where. */
class PostTest {
  private static final Map<String, String> SETTINGS =
      Map.of("MONGO_DATABASE_HOST", "mongodb://localhost/", "RABBITMQ_HOST", "localhost");

  private static List<Post> posts(Map<String, String> options) {
    return Post.of(ProveOptions.read(options), SETTINGS);
  }

  @Test
  void ofOnePipelineAProcessIsAtEachMachineWithItsSettingsAsTheyAre() {
    List<Post> posts = posts(Map.of("INSTANCES", "2"));

    assertThat(posts).extracting(Post::name).containsExactly("1", "2");
    assertThat(posts).extracting(Post::environment).containsOnly(SETTINGS);
  }

  @Test
  void eachOfEightPartitionsIsAtTwoOfThreeMachinesAndNoneHasThemAll() {
    List<Post> posts = posts(Map.of("PARTITIONS", "8"));

    assertThat(
            posts.stream()
                .collect(
                    Collectors.groupingBy(
                        Post::partition, Collectors.mapping(Post::machine, Collectors.toSet())))
                .values())
        .hasSize(8)
        .allMatch(machines -> machines.size() == 2);
    assertThat(posts.stream().collect(Collectors.groupingBy(Post::machine, Collectors.counting())))
        .isEqualTo(Map.of(1, 5L, 2, 6L, 3, 5L));
    assertThat(posts).extracting(Post::name).doesNotHaveDuplicates();
  }

  @Test
  void aProcessIsToldItsPartitionAndTellsItInEachMessage() {
    for (Post post : posts(Map.of("PARTITIONS", "2"))) {
      Map<String, String> settings = new HashMap<>(post.environment());
      Partition read = SettingsReader.read(settings, Path.of("no-such-file")).capture().partition();

      assertThat(read).isEqualTo(post.partition());
      assertThat(settings.get("SLUICE_HEADERS_FROM"))
          .isEqualTo("{\"partition\": \"" + read.number() + "\"}");
    }
    assertThat(posts(Map.of("PARTITIONS", "2")).stream().map(Post::partition))
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                new Partition(0, 2),
                new Partition(0, 2),
                new Partition(1, 2),
                new Partition(1, 2)));
    assertThat(Set.copyOf(posts(Map.of("PARTITIONS", "2")).stream().map(Post::machine).toList()))
        .containsOnly(1, 2, 3);
  }
}
