/**
 * A file of history, JSON Lines or CSV: each event once, whatever is repeated. Beside it lies a
 * journal ({@link dev.sluice.target.file.Journal}), which says what of the file is safe and which
 * events are in it.
 */
package dev.sluice.target.file;
