/**
 * TLS to either server: from PEM files to a context, and from a failed handshake to a sentence.
 * Knows the settings and the JDK.
 */
package dev.sluice.tls;
