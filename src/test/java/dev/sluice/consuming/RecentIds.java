package dev.sluice.consuming;

import java.util.LinkedHashMap;
import java.util.Map;

// region: recent
/** The last so many message-ids. A crash forgets them all. */
public final class RecentIds {
  private final Map<String, Boolean> ids;

  public RecentIds(int limit) {
    ids =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > limit;
          }
        };
  }

  public boolean contains(String messageId) {
    return ids.containsKey(messageId);
  }

  /** To be called when the work is done. */
  public void add(String messageId) {
    ids.put(messageId, true);
  }
}
// end region
