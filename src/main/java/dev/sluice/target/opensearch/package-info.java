/**
 * Indices of OpenSearch or Elasticsearch, over HTTP: the newest state of each document, to be
 * searched. {@link dev.sluice.target.opensearch.OpenSearchTarget} says how they are kept right by a
 * store without transactions.
 */
package dev.sluice.target.opensearch;
