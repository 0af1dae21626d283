/**
 * How the program is: metrics, health, status and the page, over HTTP and for reading only. Hears
 * of the work by listeners and ports, knows no server, and can never hold the work up.
 */
package dev.sluice.monitor;
