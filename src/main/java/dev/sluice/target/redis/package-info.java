/**
 * Redis as a target: the newest states of documents, a cache whose values are deleted, or a stream
 * of all events. One server, no cluster; Jedis stays in here.
 */
package dev.sluice.target.redis;
