package dev.sluice.target.lucene;

import dev.sluice.consume.TargetException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.LockObtainFailedException;

/** What Lucene's exceptions mean for a consumer, and for whoever asks. */
final class IndexFailures {
  private IndexFailures() {}

  static TargetException recognise(IOException failure, Path directory) {
    String index = "The index " + directory;
    if (failure instanceof NoSuchFileException && failure.getSuppressed().length > 0) {
      return withoutLock(failure, directory);
    }
    if (failure instanceof LockObtainFailedException) {
      return TargetException.unavailable(index + " is being written by another consumer", failure);
    }
    // A file that the index names and that is not there, or not all of it, is damage too.
    if (failure instanceof CorruptIndexException
        || failure instanceof NoSuchFileException
        || failure instanceof EOFException
        || failure instanceof IndexFormatTooOldException
        || failure instanceof IndexFormatTooNewException) {
      return TargetException.unusable(
          index
              + " is damaged, or of another version of Lucene: remove the directory and take a"
              + " snapshot (sluice snapshot start), which fills a new one",
          failure);
    }
    if (failure instanceof IndexNotFoundException) {
      return TargetException.unusable(
          "There is no index in "
              + directory
              + ": name the directory that sluice consume --to lucene:DIRECTORY keeps",
          failure);
    }
    if (failure instanceof AccessDeniedException) {
      return TargetException.unusable(
          index + " may not be written: give this user the right to", failure);
    }
    if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
      return TargetException.unusable(
          "There is a file at " + directory + ": name a directory for the index", failure);
    }
    return TargetException.unavailable(
        index + " cannot be written or read" + reason(failure), failure);
  }

  /** Where it can make no lock, Lucene says that there is none; why comes with that. */
  private static TargetException withoutLock(IOException failure, Path directory) {
    return failure.getSuppressed()[0] instanceof IOException why
        ? recognise(why, directory)
        : TargetException.unavailable(
            "The index " + directory + " cannot be locked" + reason(failure), failure);
  }

  private static String reason(IOException failure) {
    String reason =
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
    return reason == null ? "" : " (" + reason + ")";
  }
}
