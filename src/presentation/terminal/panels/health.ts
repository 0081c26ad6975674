/** Which part works and which does not. */
import type { Component, HealthView, RiskSnapshot } from "../../../domain/risk/snapshot.ts";
import { age } from "../../format.ts";
import type { Area, ViewContext } from "../context.ts";
import { cut, type Frame } from "../frame.ts";
import { BOLD, Role, type Style } from "../style.ts";

export const COMPONENT_NAMES: Readonly<Record<Component, string>> = {
  ibkr: "IB",
  market_data: "market data",
  manual: "manual file",
  database: "store",
  futu: "futu",
  monitor: "monitor",
  alerts: "alerts",
};

export const STATUS_WORDS = { up: "UP", degraded: "DEGR", down: "DOWN", off: "OFF" } as const;

export function statusStyle({ status }: Pick<HealthView, "status">): Style {
  if (status === "down") return Role.hard;
  if (status === "degraded") return Role.soft;
  return status === "off" ? Role.quiet : Role.text;
}

/** Components in a fixed order, whatever the snapshot's is. */
export function componentsInOrder(health: readonly HealthView[]): HealthView[] {
  return (Object.keys(COMPONENT_NAMES) as Component[]).flatMap((name) =>
    health.filter((part) => part.component === name)
  );
}

/** From this width on a component says all it has to say. */
const SPELT_OUT = 50;

export function drawHealth(frame: Frame, area: Area, context: ViewContext): void {
  const parts = componentsInOrder(context.newest.health);
  const notes = [`Recon ${reconciliationWords(context.newest)}`, process(context)];
  const shown = Math.min(parts.length, Math.max(0, area.height - notes.length));
  for (const [index, part] of parts.slice(0, shown).entries()) {
    const row = area.top + index;
    frame.put(row, area.left + 1, STATUS_WORDS[part.status], statusStyle(part));
    frame.put(
      row,
      area.left + 7,
      cut(COMPONENT_NAMES[part.component], 11),
      part.status === "off" ? Role.quiet : Role.text,
    );
    const fact = briefly(part, context);
    const told = area.width < SPELT_OUT
      ? fact
      : fact !== "" && part.detail.startsWith(fact)
      ? part.detail
      : `${fact.padEnd(9)} ${part.detail}`;
    frame.put(row, area.left + 19, cut(told, area.width - 20), part.status === "down" ? BOLD : Role.text);
  }
  for (const [index, note] of notes.entries()) {
    if (shown + index < area.height) frame.put(area.top + shown + index, area.left + 1, cut(note, area.width - 2));
  }
}

/** The one fact about a component that fits beside its name. */
function briefly(part: HealthView, { newest, now, look }: ViewContext): string {
  if (part.status === "off") return "";
  if (part.component === "ibkr" || part.component === "futu") return age(now - Date.parse(part.since));
  if (part.component === "market_data") {
    const { live, quotes } = newest.quality;
    return `${look.format.money(live)}/${look.format.money(quotes)}`;
  }
  if (part.component === "monitor" && newest.monitor.turnMs !== null) {
    return `${look.format.decimals(newest.monitor.turnMs, 1)} ms`;
  }
  // Which store it is; the rest is in the Health view.
  if (part.component === "database" && part.status === "up") {
    return /^SQLite|^PostgreSQL/.exec(part.detail)?.[0] ?? part.detail;
  }
  return part.detail;
}

/** `1 drift, 2 explained`; agreement only where sources were compared. */
export function reconciliationWords({ reconciliation, reconciliationSummary: summary }: RiskSnapshot): string {
  const of = (status: string): number => reconciliation.filter((row) => row.status === status).length;
  const counts = [
    ["drift", of("DRIFT")],
    ["missing", of("MISSING")],
    ["stale", of("STALE")],
    ["explained", of("EXPLAINED")],
  ] as const;
  const told = counts.filter(([, number]) => number > 0).map(([word, number]) => `${number} ${word}`);
  if (told.length > 0) return told.join(", ");
  if (summary === undefined || summary.checkedAt === null) return "not yet";
  return summary.compared === 0 ? "nothing to compare" : `all ${summary.compared} agree`;
}

function process({ newest: { monitor }, look: { format } }: ViewContext): string {
  const memory = monitor.memoryBytes;
  const megabytes = memory === undefined || memory === null ? "" : `  Memory ${format.money(memory / 1_048_576)} MB`;
  return `Queue ${format.money(monitor.inboxEvents)}${megabytes}`;
}
