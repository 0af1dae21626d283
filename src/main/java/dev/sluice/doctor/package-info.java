/**
 * Looks whether all is there that a pipeline of these settings needs, and says what to do where it
 * is not: docs/DOCTOR.md. A class a subject; what is found out comes from {@code mongo} and {@code
 * rabbit}, and is judged here. Changes nothing, but for the canary when it is asked for.
 */
package dev.sluice.doctor;
