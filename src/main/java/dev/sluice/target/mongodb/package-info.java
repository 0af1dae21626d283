/**
 * A copy of the collections in another MongoDB, by the driver that the pipeline reads with. Each
 * document is there under its own {@code _id} and as it is; positions and the markers of deletes
 * lie beside, in the database {@code sluice}.
 */
package dev.sluice.target.mongodb;
