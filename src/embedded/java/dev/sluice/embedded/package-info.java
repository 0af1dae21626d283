/**
 * What runs where there are no servers: the demo, and the embedded servers of {@code make
 * local-start}. Part of the test sources, so it never gets into the shipped jar.
 */
package dev.sluice.embedded;
