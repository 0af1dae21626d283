package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The sessions the set knows. Used under the storage lock. */
final class Sessions {

  /** More than a test will open; a server forgets them after thirty minutes instead. */
  private static final int MAX_SESSIONS = 100_000;

  private final Map<Object, Session> sessions =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Session> eldest) {
          return size() > MAX_SESSIONS;
        }
      };

  /** The digest of no user at all, which a server without access control puts into a session. */
  private final BinData nobody = new BinData(sha256OfNothing());

  private static byte[] sha256OfNothing() {
    try {
      return MessageDigest.getInstance("SHA-256").digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The session a command names, if it names one together with a transaction number. */
  Optional<Session> of(Invocation call) {
    if (!(call.body().get("lsid") instanceof Document lsid)
        || !(call.body().get("txnNumber") instanceof Long)) {
      return Optional.empty();
    }
    Object id = lsid.get("id");
    return Optional.of(
        sessions.computeIfAbsent(
            id, key -> new Session(new Document("id", id).append("uid", nobody))));
  }

  /** The session of a retryable write, with the write begun. */
  Optional<Session> retryable(Invocation call) {
    Optional<Session> session = call.body().containsKey("autocommit") ? Optional.empty() : of(call);
    session.ifPresent(found -> found.begin((Long) call.body().get("txnNumber")));
    return session;
  }

  /** Gives up every transaction in progress, as a step-down does. */
  void abortTransactions() {
    sessions.values().forEach(Session::abortTransaction);
  }
}
