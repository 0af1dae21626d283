/** Where a message goes: its routing key. */
package dev.sluice.route;
