package dev.sluice.embedded.mongo;

/** The contract on the embedded set when it passes for 8.0. */
class ChangeStreamContractOn80IT extends ChangeStreamContractIT {

  @Override
  protected String replicaSetUri() {
    return embedded(ServerVersion.V8_0);
  }
}
