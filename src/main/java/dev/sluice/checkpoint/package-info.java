/**
 * What has been delivered: the window of events that are on their way, the position behind the last
 * event of its confirmed prefix, and where that position is kept. The promise that nothing is lost
 * is made here, so everything here can be read and tested alone.
 */
package dev.sluice.checkpoint;
