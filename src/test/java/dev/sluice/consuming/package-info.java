/**
 * The recipes of docs/CONSUMING.md: what a consumer of Sluice's messages can do so that each change
 * takes effect once. The document shows the code between the markers, {@code ConsumingPageTest}
 * sees to that; {@code dev.sluice.it.ConsumingIT} feeds them repeats and crashes.
 */
package dev.sluice.consuming;
