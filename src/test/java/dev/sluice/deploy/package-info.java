/** What is in deploy/ and in the archive of {@code make dist}: that it fits the program. */
package dev.sluice.deploy;
