package dev.sluice.embedded.mongo;

/** The contract on the embedded set when it passes for 6.0. */
class ChangeStreamContractOn60IT extends ChangeStreamContractIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V6_0);
  }
}
