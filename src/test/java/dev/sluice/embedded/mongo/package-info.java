/**
 * An embedded three-node MongoDB replica set for tests, the demo and trying Sluice out.
 *
 * <p>{@link dev.sluice.embedded.mongo.EmbeddedReplicaSet} is the way in. A request comes through
 * {@code WireDecoder} to a {@code Connection} of a {@code ReplicaSetNode}; {@code
 * CommandDispatcher} finds its {@code Command}; whatever touches documents runs under the lock of
 * {@code Storage}, whose engine (mongo-java-server) reports every change to {@code ChangeRecorder},
 * from where it gets its time and its place in the {@code Oplog}. A {@code ChangeStreamCursor}
 * reads the log by sequence number and makes events of it through {@code EventRenderer}.
 */
package dev.sluice.embedded.mongo;
