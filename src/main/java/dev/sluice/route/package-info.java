/**
 * Where a message goes: the exchange and the routing key of its collection and operation, and the
 * headers, the priority and the time to live that somebody wants of it. Knows the settings and no
 * broker.
 */
package dev.sluice.route;
