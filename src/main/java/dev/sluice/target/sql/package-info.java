/**
 * Tables of a relational database: the newest state of each document, and every event if wanted.
 * {@link dev.sluice.target.sql.SqlTarget} is the same for all; what differs between databases is in
 * one {@link dev.sluice.target.sql.SqlDialect} each.
 */
package dev.sluice.target.sql;
