/** A receiver of somebody else's that gets each event by a POST and answers by its status. */
package dev.sluice.target.http;
