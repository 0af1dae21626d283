/**
 * {@code make dist}: the archive that Sluice is installed from. docs/INSTALL.md says what is in it.
 */
package dev.sluice.dist;
