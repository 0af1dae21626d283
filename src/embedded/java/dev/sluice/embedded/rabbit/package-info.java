/** The AMQP broker of {@code make demo} and {@code make local-start}; it never ships. */
package dev.sluice.embedded.rabbit;
