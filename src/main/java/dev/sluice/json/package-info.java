/**
 * BSON as JSON text: straight from its bytes ({@code BsonJsonWriter}) to UTF-8 in a buffer that its
 * thread reuses ({@code Utf8Buffer}), because writing JSON is where the time of an event goes.
 *
 * <p>The text of a value is MongoDB's Extended JSON as org.bson writes it, less its needless
 * escapes, or its plain form. The package knows bytes and the styles of JSON; it knows no message,
 * no driver and no thread.
 */
package dev.sluice.json;
