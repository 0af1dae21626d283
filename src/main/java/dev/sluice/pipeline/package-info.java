/**
 * The flow and its supervision: the ports to both servers, the stages between them, and what is
 * done about a failure. Knows no vendor; every scheduler is handed in.
 */
package dev.sluice.pipeline;
