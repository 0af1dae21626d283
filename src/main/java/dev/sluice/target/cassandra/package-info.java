/**
 * A row a document in Cassandra, where nothing is read before it is written and no transaction
 * holds a batch together: {@link dev.sluice.target.cassandra.RowStatements} says how rows are
 * exactly right all the same. The driver lies in {@code sluice-cassandra.jar}.
 */
package dev.sluice.target.cassandra;
