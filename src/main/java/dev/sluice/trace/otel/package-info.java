/** OpenTelemetry's SDK, as the maker of spans: all of it lies in sluice-tracing.jar. */
package dev.sluice.trace.otel;
