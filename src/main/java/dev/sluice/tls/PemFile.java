package dev.sluice.tls;

import dev.sluice.config.NamedFile;
import dev.sluice.config.WrongSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks (RFC 7468). Text around the blocks is passed over, as {@code openssl} writes
 * some, and blocks of other kinds too: certificate and key may stand in one file.
 */
final class PemFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private record Block(String label, byte[] content) {}

  private final List<Block> blocks = new ArrayList<>();

  private PemFile(String text) {
    for (MatchResult match : BLOCK.matcher(text).results().toList()) {
      // The decoder for mail: it passes over line ends.
      byte[] content = Base64.getMimeDecoder().decode(match.group(2).strip());
      blocks.add(new Block(match.group(1), content));
    }
  }

  /**
   * @throws WrongSettings if it cannot be read; its content is never shown
   */
  static PemFile read(NamedFile file) {
    try {
      // Every byte is a letter there: what is no PEM is said below, and better.
      return new PemFile(Files.readString(file.path(), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw WrongSettings.of(file + " does not exist: check the path.");
    } catch (AccessDeniedException e) {
      throw WrongSettings.of(file + " may not be read by this user: check its owner and mode.");
    } catch (IOException e) {
      throw WrongSettings.of(file + " cannot be read: make it a readable PEM file.");
    } catch (IllegalArgumentException e) {
      throw WrongSettings.of(
          file + " is damaged: what it holds between BEGIN and END is no base64.");
    }
  }

  /** What the blocks with this label hold, in the order of the file. */
  List<byte[]> contents(String label) {
    return blocks.stream()
        .filter(block -> block.label().equals(label))
        .map(Block::content)
        .toList();
  }

  boolean has(String label) {
    return blocks.stream().anyMatch(block -> block.label().equals(label));
  }
}
