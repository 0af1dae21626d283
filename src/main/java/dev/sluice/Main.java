package dev.sluice;

/** Starts Sluice. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
