package dev.sluice.embedded.mongo;

/** The contract on the embedded set when it passes for 6.0. */
class SnapshotReadContractOn60IT extends SnapshotReadContractIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V6_0);
  }
}
