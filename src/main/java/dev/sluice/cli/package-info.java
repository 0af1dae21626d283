/**
 * The commands, and the only place where parts are put together, where the environment is read and
 * where the process ends. Imported by nobody but {@code Main}.
 */
package dev.sluice.cli;
