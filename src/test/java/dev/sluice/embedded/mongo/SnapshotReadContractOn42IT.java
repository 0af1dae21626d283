package dev.sluice.embedded.mongo;

/** The contract on the embedded set when it passes for 4.2. */
class SnapshotReadContractOn42IT extends SnapshotReadContractIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V4_2);
  }
}
