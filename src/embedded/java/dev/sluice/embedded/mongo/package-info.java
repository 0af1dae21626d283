/**
 * An embedded three-node MongoDB replica set for tests, the demo and trying Sluice out.
 *
 * <p>{@link dev.sluice.embedded.mongo.EmbeddedReplicaSet} is the way in. A request comes through
 * {@code WireDecoder} to a {@code Connection} of a {@code ReplicaSetNode}; {@code
 * CommandDispatcher} finds its {@code Command} and asks {@code FaultBoard} whether it is to fail;
 * whatever touches documents runs under the lock of {@code Storage}, whose engine
 * (mongo-java-server) reports every change to {@code ChangeRecorder}, from where it gets its time
 * and its place in the {@code Oplog} and, if asked for, in a {@code DataDirectory}. A {@code
 * ChangeStreamCursor} reads the log by sequence number and makes events of it through {@code
 * EventSource} and {@code EventRenderer}.
 *
 * <p>What it is not: a database. Secondary indexes are kept by name and make nothing faster, unique
 * ones hold; there is no authentication, no TLS, no compression, no views, no capped or time series
 * collections. Reads are of the newest state unless a snapshot is asked for, which {@code
 * DocumentHistory} knows. Nothing is ever rolled back, since all nodes share one state.
 *
 * <p>Faults by any client, on the {@code admin} database: {@code {embeddedFault: "stepDown" |
 * "kill" | "start" | "partition" | "delayReplies" | "dropConnections" | "failCommand" | "closeOn" |
 * "corruptReply" | "rollOplog" | "loseTokens" | "lift"}} with {@code node}, {@code ms}, {@code
 * times}, {@code code} and {@code commands} where they apply; besides MongoDB's own {@code
 * configureFailPoint} ({@code failCommand}) and {@code replSetStepDown}.
 */
package dev.sluice.embedded.mongo;
