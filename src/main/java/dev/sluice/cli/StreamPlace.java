package dev.sluice.cli;

import dev.sluice.rabbit.StreamOffset;
import picocli.CommandLine;

/** Reads a place in a stream off the command line. */
final class StreamPlace implements CommandLine.ITypeConverter<StreamOffset> {
  @Override
  public StreamOffset convert(String text) {
    try {
      return StreamOffset.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }
}
