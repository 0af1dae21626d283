package dev.sluice.embedded.mongo;

/** The contract on the embedded set when it passes for 4.2. */
class IdRangeContractOn42IT extends IdRangeContractIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V4_2);
  }
}
