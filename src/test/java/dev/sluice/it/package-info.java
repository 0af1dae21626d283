/**
 * Integration tests: the whole pipeline between the best servers at hand (see {@code TestMongo} and
 * {@code TestRabbit}), named by what they show.
 */
package dev.sluice.it;
