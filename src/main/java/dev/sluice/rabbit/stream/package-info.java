/**
 * RabbitMQ's stream protocol, as far as a publisher speaks it
 * (rabbitmq-server/deps/rabbitmq_stream/docs/PROTOCOL.adoc), and messages as streams keep them.
 */
package dev.sluice.rabbit.stream;
