/**
 * Which fields of a document leave, and how: included, excluded, masked, hashed, renamed. From BSON
 * bytes to BSON bytes, before anything else looks at an event, so that what is hidden reaches no
 * message, no header, no routing key and no parked message.
 */
package dev.sluice.shape;
