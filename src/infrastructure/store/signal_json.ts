/** A signal as the JSON text that the store keeps, and back. */
import { StoreFault } from "../../application/ports/store.ts";
import type { Signal } from "../../domain/signals/signal.ts";
import type { KnownCondition } from "../../domain/signals/signal_condition.ts";

/** @throws {StoreFault} of kind `rejected` for a number that is not finite, which JSON would turn into none */
export function signalJson(signal: Signal): string {
  return JSON.stringify(signal, (name, value: unknown) => {
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw new StoreFault(
      "rejected",
      `Cannot store ${value} as ${name} of the signal ${signal.condition.id}: a missing number is null`,
    );
  });
}

/** @throws {StoreFault} of kind `damaged` when the text is no signal */
export function signalFrom(json: string): Signal {
  const fields = new Fields(JSON.parse(json));
  const seen = fields.objectOrNull("acknowledgement");
  return {
    condition: conditionFrom(fields.objectOrNull("condition") ?? fields.unexpected("condition")),
    firstAt: fields.number("firstAt"),
    since: fields.number("since"),
    lastAt: fields.number("lastAt"),
    acknowledgement: seen === null
      ? null
      : { at: seen.number("at"), by: seen.text("by"), note: seen.textOrNull("note") },
    clearedAt: fields.numberOrNull("clearedAt"),
  };
}

function conditionFrom(fields: Fields): KnownCondition {
  return {
    state: fields.choice("state", ["holding", "near"]),
    id: fields.text("id"),
    rule: fields.choice("rule", RULES),
    layer: fields.choice("layer", ["position", "strategy", "portfolio"]),
    scope: fields.textOrNull("scope"),
    subject: fields.textOrNull("subject"),
    severity: fields.choice("severity", ["info", "warning", "critical"]),
    unit: fields.choice("unit", ["fraction", "multiple", "days", "delta", "points"]),
    value: fields.numberOrNull("value"),
    threshold: fields.numberOrNull("threshold"),
    utilization: fields.numberOrNull("utilization"),
    action: fields.text("action"),
    message: fields.text("message"),
  };
}

const RULES = [
  "stop_loss",
  "take_profit",
  "trailing_stop",
  "short_premium_r",
  "early_profit",
  "dte_exit",
  "short_leg_delta",
  "assignment_risk",
  "ex_dividend",
  "pin_risk",
  "expiring_today",
  "earnings",
  "vix_level",
  "vix_spike",
  "index_drop",
  "sector_concentration",
  "greeks_bounds",
  "greeks_parity",
] as const satisfies readonly KnownCondition["rule"][];

/** What an object out of JSON holds. */
class Fields {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(value: unknown) {
    this.#values = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  }

  text(name: string): string {
    return this.textOrNull(name) ?? this.unexpected(name);
  }

  textOrNull(name: string): string | null {
    const value = this.#values.get(name);
    return value === null || typeof value === "string" ? value : this.unexpected(name);
  }

  number(name: string): number {
    return this.numberOrNull(name) ?? this.unexpected(name);
  }

  numberOrNull(name: string): number | null {
    const value = this.#values.get(name);
    return value === null || typeof value === "number" ? value : this.unexpected(name);
  }

  choice<const Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.#values.get(name);
    return words.find((word) => word === value) ?? this.unexpected(name);
  }

  objectOrNull(name: string): Fields | null {
    const value = this.#values.get(name);
    if (value === null) return null;
    return typeof value === "object" ? new Fields(value) : this.unexpected(name);
  }

  unexpected(name: string): never {
    throw new StoreFault(
      "damaged",
      `Cannot read the stored signals: ${name} of one holds what this program never wrote there`,
    );
  }
}
