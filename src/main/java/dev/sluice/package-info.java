/**
 * Sluice carries every change of a MongoDB collection to RabbitMQ, in order, none lost.
 *
 * <p>The packages are the parts of the way: {@link dev.sluice.mongo} captures {@link
 * dev.sluice.change} events, {@link dev.sluice.message} writes them as JSON, {@link
 * dev.sluice.rabbit} publishes them with confirms, {@link dev.sluice.checkpoint} knows how far they
 * are confirmed, and {@link dev.sluice.pipeline} joins and supervises all of it without knowing
 * either server. {@link dev.sluice.cli} puts the parts together.
 */
package dev.sluice;
