/**
 * What a message looks like: a change as the body, the properties and the headers of what is
 * published or parked. docs/MESSAGE_FORMAT.md is the specification.
 *
 * <p>The package knows the vocabulary of changes and how values are written as JSON; it knows no
 * driver, no broker client and no thread.
 */
package dev.sluice.message;
