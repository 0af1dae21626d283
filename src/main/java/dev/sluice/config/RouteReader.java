package dev.sluice.config;

import dev.sluice.config.KeyTemplate.Kind;

/** Makes the {@link RouteSettings}. */
final class RouteReader {
  private final SettingValues values;

  RouteReader(SettingValues values) {
    this.values = values;
  }

  /**
   * @param view what of a document there is
   */
  RouteSettings route(View view) {
    KeyTemplate template = template();
    if (template.has(Kind.DOCUMENT) && !view.hasNewImage()) {
      wrong(
          "has {document.…}, which there is with SLUICE_VIEW=NEW_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    if (template.has(Kind.BEFORE) && !view.hasOldImage()) {
      wrong("has {before.…}, which there is with SLUICE_VIEW=OLD_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    return new RouteSettings(template);
  }

  private KeyTemplate template() {
    try {
      return KeyTemplate.parse(values.text(SettingKey.SLUICE_ROUTING_KEY));
    } catch (IllegalArgumentException e) {
      wrong("cannot be read: " + e.getMessage());
      return KeyTemplate.DEFAULT;
    }
  }

  private void wrong(String problem) {
    values.wrong(SettingKey.SLUICE_ROUTING_KEY, problem);
  }
}
