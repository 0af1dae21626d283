/**
 * Everything that touches RabbitMQ: the publishing connection of the process, the declared
 * topology, the confirming publisher, the reader of a queue, and what a failure of the broker
 * means.
 */
package dev.sluice.rabbit;
