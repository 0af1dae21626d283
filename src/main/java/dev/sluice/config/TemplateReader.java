package dev.sluice.config;

import dev.sluice.config.KeyTemplate.Kind;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads templates, of what there is of a document. */
final class TemplateReader {
  private final View view;

  /**
   * @param view what of a document there is
   */
  TemplateReader(View view) {
    this.view = view;
  }

  /**
   * @param wrong hears the rest of a sentence for each problem
   * @return nothing if it cannot be read
   */
  Optional<KeyTemplate> read(String text, Consumer<String> wrong) {
    KeyTemplate template;
    try {
      template = KeyTemplate.parse(text);
    } catch (IllegalArgumentException e) {
      wrong.accept("cannot be read: " + e.getMessage());
      return Optional.empty();
    }
    if (template.has(Kind.DOCUMENT) && !view.hasNewImage()) {
      wrong.accept(
          "has {document.…}, which there is with SLUICE_VIEW=NEW_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    if (template.has(Kind.BEFORE) && !view.hasOldImage()) {
      wrong.accept(
          "has {before.…}, which there is with SLUICE_VIEW=OLD_IMAGE or NEW_AND_OLD_IMAGES only");
    }
    return Optional.of(template);
  }

  /** What is wrong with the path of a field of the document, as the rest of a sentence. */
  Optional<String> problemOfPath(String path) {
    if (List.of(path.split("\\.", -1)).contains("")) {
      return Optional.of(
          "must be the path of a field, names with dots between, not \"" + path + "\"");
    }
    return view.hasNewImage()
        ? Optional.empty()
        : Optional.of(
            "is of the document, which there is with SLUICE_VIEW=NEW_IMAGE or NEW_AND_OLD_IMAGES"
                + " only");
  }
}
