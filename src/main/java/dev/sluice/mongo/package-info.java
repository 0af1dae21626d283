/**
 * Everything that touches MongoDB: the one client of the process, the change stream, the store of
 * checkpoints, and what a failure of the driver or the server means.
 */
package dev.sluice.mongo;
