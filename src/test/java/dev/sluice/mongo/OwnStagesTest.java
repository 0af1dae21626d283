package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.CaptureSettings;
import dev.sluice.config.Partition;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.config.WrongSettings;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnStagesTest {
  private static CaptureSettings settings(String match, String stages) {
    return new CaptureSettings(
        "p",
        Partition.WHOLE,
        Scope.of("d", "c"),
        Set.of("insert"),
        false,
        match,
        stages,
        View.NEW_IMAGE,
        false,
        true,
        100,
        false);
  }

  @Test
  void aConditionLeavesWhatConcernsTheCollectionAlone() {
    assertThat(OwnStages.of(settings("{\"fullDocument.n\": {\"$gt\": 1}}", "")))
        .singleElement()
        .asString()
        .contains("$or", "$nin", "insert", "fullDocument.n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{\"$unset\": \"fullDocument.secret\"}]",
        "[{\"$set\": {\"fullDocument.new\": 1}}, {\"$match\": {\"fullDocument.new\": 1}}]",
        "[{\"$project\": {\"fullDocument.secret\": 0, \"wallTime\": false}}]",
        "[{\"$unset\": [\"updateDescription.updatedFields.secret\"]}]",
      })
  void stagesMayChangeWhatIsInADocument(String stages) {
    assertThat(OwnStages.of(settings("", stages))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[1]",
        "[{\"$replaceRoot\": {\"newRoot\": \"$fullDocument\"}}]",
        "[{\"$unset\": \"ns\"}]",
        "[{\"$unset\": [\"documentKey._id\"]}]",
        "[{\"$unset\": \"fullDocument._id\"}]",
        "[{\"$set\": {\"operationType\": \"insert\"}}]",
        "[{\"$project\": {\"fullDocument\": 1}}]",
        "[{\"$project\": {\"clusterTime\": 0}}]",
        "[{\"$set\": {\"updateDescription.removedFields\": []}}]",
        "[{\"$group\": {}}]",
        "[{\"$match\": 1}]",
        "not JSON",
      })
  void stagesThatWouldBreakTheStreamAreRefused(String stages) {
    assertThatThrownBy(() -> OwnStages.of(settings("", stages)))
        .isInstanceOf(WrongSettings.class)
        .hasMessageStartingWith("SLUICE_STAGES_FILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "{a", "true"})
  void aConditionThatIsNoObjectIsRefused(String match) {
    assertThatThrownBy(() -> OwnStages.of(settings(match, "")))
        .isInstanceOf(WrongSettings.class)
        .hasMessageStartingWith("SLUICE_MATCH must be a JSON object");
  }
}
