/**
 * The contenders that are loops of a few lines: each a program of its own, started by the
 * benchmark, so that its CPU time and its memory are its own.
 */
package dev.sluice.bench.loop;
