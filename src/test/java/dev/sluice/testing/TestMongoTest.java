package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ConnectionString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestMongoTest {
  @TempDir private Path directory;

  @Test
  void prefersTheServerThatItIsGiven() {
    TestMongo mongo =
        TestMongo.choose(Map.of("SLUICE_TEST_MONGODB_URI", "mongodb://elsewhere/?replicaSet=r"));

    assertThat(mongo.uri()).isEqualTo("mongodb://elsewhere/?replicaSet=r");
    assertThat(mongo.isReal()).isTrue();
  }

  @Test
  void findsMongodOnThePath() throws Exception {
    Path mongod = program("mongod", "exit 0");

    assertThat(TestMongo.mongod(Map.of("PATH", "/nowhere:" + directory))).contains(mongod);
    assertThat(TestMongo.mongod(Map.of("PATH", "/nowhere"))).isEmpty();
    assertThatThrownBy(() -> TestMongo.mongod(Map.of("SLUICE_TEST_MONGOD", "/nowhere/mongod")))
        .hasMessageContaining("/nowhere/mongod");
  }

  @Test
  void saysWhatMongodSaidWhenItDoesNotStart() throws Exception {
    Path mongod = program("mongod", "echo \"no room in $*\"; exit 100");

    assertThatThrownBy(() -> TestMongo.choose(Map.of("SLUICE_TEST_MONGOD", mongod.toString())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no room in --replSet my-replica-set --port")
        .hasMessageContaining("--bind_ip 127.0.0.1");
  }

  @Test
  void refusesToFallBackWhereARealServerIsRequired() {
    Map<String, String> environment =
        Map.of("SLUICE_TEST_REQUIRE_REAL_MONGODB", "1", "SLUICE_TEST_MONGODB", "none");

    assertThatThrownBy(() -> TestMongo.choose(environment)).hasMessageContaining("put a mongod");
  }

  @Test
  void namesTheMembersAsTheyAreReached() {
    ConnectionString uri = new ConnectionString(MongodReplicaSet.uri(List.of(30001, 30002, 30003)));

    assertThat(uri.getHosts())
        .containsExactly("localhost:30001", "localhost:30002", "localhost:30003");
    assertThat(uri.getRequiredReplicaSetName()).isEqualTo("my-replica-set");
    assertThat(TestMongo.threeMembers(List.of(30001)))
        .isEqualTo(
            """
            mkdir -p /data/db/30001
            mongod --bind_ip_all --replSet my-replica-set --port 30001 --dbpath /data/db/30001 \
            --wiredTigerCacheSizeGB 0.25 --oplogSize 128 --setParameter enableTestCommands=1 &
            wait -n\
            """);
  }

  private Path program(String name, String script) throws IOException {
    Path program = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
