package dev.sluice.doctor;

import dev.sluice.config.CaptureSettings;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Whether MongoDB keeps the images of documents that the view needs.
 *
 * @param missing the commands that are still to be given
 */
record ImagesCheck(CaptureSettings capture, Mono<List<String>> missing) implements Check {
  @Override
  public String name() {
    return "mongodb images";
  }

  @Override
  public Mono<Finding> look() {
    if (!capture.view().hasOldImage()) {
      return Mono.just(ok("SLUICE_VIEW=" + capture.view() + " needs none"));
    }
    return missing.map(
        commands -> {
          if (commands.isEmpty()) {
            return ok("are kept of all that is watched");
          }
          return capture.enableImages()
              ? ok("are switched on at the start, as SLUICE_ENABLE_IMAGES says, by", commands)
              : failure(
                  "SLUICE_VIEW="
                      + capture.view()
                      + " needs MongoDB to keep images of the documents of each watched collection:"
                      + " set SLUICE_ENABLE_IMAGES=true, or give what follows",
                  commands);
        });
  }
}
