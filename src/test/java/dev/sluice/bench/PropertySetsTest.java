package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PropertySetsTest {
  @Test
  void eachGroupHasSetsOfDifferentNamesAndProperties() {
    for (PropertySets.Group group : PropertySets.all()) {
      assertThat(group.sets())
          .as(group.title())
          .hasSizeGreaterThan(1)
          .doesNotHaveDuplicates()
          .extracting(PropertySets.PropertySet::name)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void everySetIsPersistentAsWhatSluiceSends() {
    assertThat(PropertySets.all())
        .flatExtracting(PropertySets.Group::sets)
        .allSatisfy(set -> assertThat(set.properties().getDeliveryMode()).isEqualTo(2));
  }
}
