package dev.sluice.testing;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Has the file {@code FILE} locked until it is killed, or nobody listens any more. */
public final class FileHolder {
  private FileHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (FileChannel file =
        FileChannel.open(Path.of(System.getenv("FILE")), StandardOpenOption.WRITE)) {
      file.lock();
      System.out.println("locked");
      System.in.read();
    }
  }
}
