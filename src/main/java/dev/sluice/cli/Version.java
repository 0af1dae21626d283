package dev.sluice.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, and what it runs on. */
final class Version implements IVersionProvider {
  /** Of this build alone. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not built as a jar)" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "sluice " + number(),
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name")
    };
  }
}
