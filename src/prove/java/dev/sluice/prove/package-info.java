/**
 * {@code make prove}: load, faults and a judge that says whether anything was lost, reordered or
 * changed on the way. docs/PROVING.md says how to read it.
 */
package dev.sluice.prove;
