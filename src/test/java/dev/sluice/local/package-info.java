/**
 * What {@code make} and the scripts of src/local do, also on a machine that has next to nothing.
 */
package dev.sluice.local;
