package dev.sluice.config;

/**
 * Where and as whom to reach RabbitMQ: what a RABBITMQ_URI holds, or the five keys it stands for.
 */
record AmqpAddress(
    String host,
    int port,
    boolean tls,
    TlsFiles tlsFiles,
    String username,
    Secret password,
    String virtualHost,
    AmqpKeys keys) {}
