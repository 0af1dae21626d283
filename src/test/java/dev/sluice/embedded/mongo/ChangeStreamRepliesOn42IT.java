package dev.sluice.embedded.mongo;

/** The replies of the embedded set when it passes for 4.2. */
class ChangeStreamRepliesOn42IT extends ChangeStreamRepliesIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V4_2);
  }
}
