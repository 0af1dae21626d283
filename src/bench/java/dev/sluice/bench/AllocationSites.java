package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Who has the objects of each class made: the method nearest to the allocation that is not the
 * JDK's, and the nearest one of Sluice. From a recording of each allocation ({@link #JVM}) of fewer
 * events than those of which the numbers are.
 */
final class AllocationSites {
  /**
   * JFR sees what takes the slow way into the heap: with this collector and without pieces of the
   * heap for each thread, that is every object.
   */
  static final List<String> JVM = List.of("-XX:-UseSerialGC", "-XX:+UseG1GC", "-XX:-UseTLAB");

  private static final String SETTINGS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <configuration version="2.0" label="objects">
        <event name="jdk.ObjectAllocationOutsideTLAB">
          <setting name="enabled">true</setting>
          <setting name="stackTrace">true</setting>
        </event>
      </configuration>
      """;

  /**
   * @param method with its class; that of the thread's beginning if all of it is the JDK's
   * @param caller the nearest of Sluice, which may be the same; {@link #NOBODY} if there is none
   * @param type of the objects
   * @param objects for each event
   */
  record Site(String method, String caller, String type, double objects, double bytes) {
    CodeOwner owner() {
      return CodeOwner.of(method);
    }
  }

  static final String NOBODY = "–";

  private record Place(String method, String caller, String type) {}

  private static final class Sum {
    private double objects;
    private double bytes;

    private void add(double size) {
      objects++;
      bytes += size;
    }
  }

  private AllocationSites() {}

  /** Writes what the recording is to be started with. */
  static Path settings(Path folder) throws IOException {
    return Files.writeString(folder.resolve("objects.jfc"), SETTINGS);
  }

  /**
   * Shares out to the places what is known to be allocated, the largest number first.
   *
   * @param exact for each event
   */
  static List<Site> of(Path recording, ClassCounts exact) throws IOException {
    Map<Place, Sum> places = new HashMap<>();
    Map<String, Sum> types = new HashMap<>();
    try (RecordingFile events = new RecordingFile(recording)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        String type = ClassCounts.readable(event.getClass("objectClass").getName());
        long size = event.getLong("allocationSize");
        places.computeIfAbsent(place(event.getStackTrace(), type), none -> new Sum()).add(size);
        types.computeIfAbsent(type, none -> new Sum()).add(size);
      }
    }
    List<Site> sites = new ArrayList<>();
    places.forEach(
        (place, its) -> {
          ClassCounts.Count all = exact.of(place.type());
          Sum of = types.get(place.type());
          sites.add(
              new Site(
                  place.method(),
                  place.caller(),
                  place.type(),
                  all.objects() * its.objects / of.objects,
                  all.bytes() * its.bytes / of.bytes));
        });
    sites.sort(Comparator.comparingDouble(Site::objects).reversed());
    return sites;
  }

  private static Place place(RecordedStackTrace trace, String type) {
    String method = "java.unknown";
    boolean found = false;
    if (trace != null) {
      for (RecordedFrame frame : trace.getFrames()) {
        String in = ClassCounts.readable(frame.getMethod().getType().getName());
        String name = in + "." + frame.getMethod().getName();
        method = found ? method : name;
        found |= CodeOwner.of(in) != CodeOwner.JDK;
        if (CodeOwner.of(in) == CodeOwner.SLUICE) {
          return new Place(method, name, type);
        }
      }
    }
    return new Place(method, NOBODY, type);
  }
}
