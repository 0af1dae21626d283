/**
 * The wire format of an event: what a change looks like as UTF-8 JSON and as an AMQP message.
 *
 * <p>BSON is turned into JSON straight from its bytes ({@code BsonJsonWriter}) in a buffer that its
 * thread reuses ({@code Utf8Buffer}), because writing JSON is where the time of an event goes. The
 * text of a value is MongoDB's own Extended JSON, byte for byte as org.bson writes it, or its plain
 * form. The package knows the vocabulary of changes and org.bson's values; it knows no driver, no
 * broker client and no thread.
 */
package dev.sluice.envelope;
