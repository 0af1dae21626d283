package dev.sluice.prove;

import java.util.Set;

/**
 * What messages are held to.
 *
 * @param namespaces the watched collections; nothing of any other may come
 * @param images whether each change carries the document as it was before, and an update the
 *     document exactly as it left it
 * @param commits whether the end of each transaction is marked
 */
record Terms(Set<String> namespaces, boolean images, boolean commits) {
  Terms {
    namespaces = Set.copyOf(namespaces);
  }
}
