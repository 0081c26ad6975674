/** An alert message as other programs read it: JSON with the schema `apex.alert/1`. */
import type { Alert, AlertBatch, AlertValues } from "../../application/ports/notifier.ts";
import { isoInstant } from "../../domain/time.ts";

/** Hides what must not leave the machine: account numbers, unless they may be shown. */
export type Mask = (text: string) => string;

const SCHEMA = "apex.alert/1";
/** Of a burst, this many are told in words; all of them are listed. */
const TOLD = 10;

/**
 * One message. `text` says all of it in words, for receivers that show text alone; `omitted` counts alerts that could not
 * be kept. A missing number is null.
 */
export function alertMessage(batch: AlertBatch, mask: Mask): string {
  const alerts = batch.alerts.map((alert) => ({
    id: mask(alert.id),
    subject: mask(alert.subject),
    kind: alert.kind,
    severity: alert.severity,
    message: mask(alert.message),
    at: isoInstant(alert.at),
    env: alert.env,
    simulated: alert.simulated,
    values: masked(alert.values, mask),
  }));
  const simulated = batch.alerts.some((alert) => alert.simulated);
  return JSON.stringify({ schema: SCHEMA, simulated, text: mask(inWords(batch)), omitted: batch.omitted, alerts });
}

/** `APEX prod: …`, one alert a line, and at the end how many more there are. */
function inWords({ alerts, omitted }: AlertBatch): string {
  const lines = alerts.slice(0, TOLD).map((alert) => `${heading(alert)}: ${alert.kind}: ${alert.message}`);
  const rest = alerts.length - lines.length + omitted;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

function heading({ env, simulated, severity }: Alert): string {
  return `APEX ${env}${simulated ? " SIMULATED" : ""} ${severity}`;
}

function masked(values: AlertValues, mask: Mask): AlertValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? mask(value) : value]),
  );
}
