package dev.sluice;

import dev.sluice.cli.Console;
import dev.sluice.cli.SluiceCommand;

/** Starts Sluice: hands the command line over and ends with the exit code that comes back. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(SluiceCommand.execute(Console.ofProcess(), args));
  }
}
