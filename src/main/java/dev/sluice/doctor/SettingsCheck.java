package dev.sluice.doctor;

import dev.sluice.config.EffectiveSettings;
import dev.sluice.config.EffectiveSettings.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import reactor.core.publisher.Mono;

/** Which settings are not the defaults, where they came from, and what they risk. */
record SettingsCheck(EffectiveSettings settings, Collection<String> warnings) implements Check {
  @Override
  public String name() {
    return "settings";
  }

  @Override
  public Mono<Finding> look() {
    return Mono.fromSupplier(this::finding);
  }

  private Finding finding() {
    List<String> details = new ArrayList<>(warnings);
    List<Setting> set =
        settings.list().stream()
            .filter(setting -> !setting.isDefault() && !setting.value().isEmpty())
            .toList();
    set.forEach(
        setting ->
            details.add(setting.name() + "=" + setting.value() + " (" + setting.origin() + ")"));
    String count = set.size() + " of " + settings.list().size() + " keys are set";
    return warnings.isEmpty()
        ? ok(count, details)
        : warning(count + ", and some may lose events: see to what follows", details);
  }
}
