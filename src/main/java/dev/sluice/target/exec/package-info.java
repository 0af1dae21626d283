/**
 * A command of somebody else's that gets the events on its standard input and answers by its exit
 * code.
 */
package dev.sluice.target.exec;
