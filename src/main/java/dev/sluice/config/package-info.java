/**
 * The settings: one immutable record for each part, and the one reader that makes them from the
 * environment, a {@code .env} file and the defaults. A leaf: it knows no other package.
 */
package dev.sluice.config;
