/**
 * What the control channel may do with the monitor: read the last published snapshot, and note that a person has seen a
 * breach. There is nothing else to call, so nothing that connects can send an order or change a setting.
 */
import type { BreachView, PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { isOfSymbol } from "../history_report/symbol_filter.ts";
import type { Published } from "../monitor.ts";
import { nearestWord } from "../nearest_word.ts";
import type { Clock } from "../ports/clock.ts";
import { accountsOf, type Answerer, type MonitorStatus, monitorStatus } from "./monitor_status.ts";
import { ControlFault, type Request } from "./protocol.ts";

/** The part of the monitor that the channel can reach. */
export interface ControlledMonitor {
  readonly last: RiskSnapshot | null;
  subscribe(subscriber: (published: Published) => void): () => void;
  acknowledge(id: string, by: string, note: string | null): void;
  takeBack(id: string): void;
}

export interface MonitorControlNeeds {
  readonly monitor: ControlledMonitor;
  readonly clock: Pick<Clock, "monotonic">;
  /** Who acknowledges. */
  readonly operator: string;
  readonly about: Pick<Answerer, "pid" | "version" | "startedAt">;
  refusedConnections(): number;
}

/** What holds for a whole answer. */
export type AnswerHead = Pick<RiskSnapshot, "env" | "simulated" | "status" | "statusReasons" | "restoredFrom" | "asOf">;

export interface PositionsAnswer extends AnswerHead {
  /** With the leaves that were asked for alone. */
  readonly positions: readonly PositionView[];
}

export interface BreachesAnswer extends AnswerHead {
  readonly breaches: readonly BreachView[];
}

/** The breach as the next snapshot has it; null: it cleared meanwhile. */
export interface BreachAnswer {
  readonly breach: BreachView | null;
}

/** Words that a shell can complete. */
export interface Completions {
  readonly accounts: readonly string[];
  /** Underlyings, then contracts' own symbols. */
  readonly symbols: readonly string[];
  readonly breaches: readonly string[];
}

/** Open breaches that a refusal names. */
const NAMED = 5;

export class MonitorControl {
  readonly #needs: MonitorControlNeeds;
  readonly #startedAt: number;
  readonly #unsubscribe: () => void;
  #publishedAt: number | null = null;
  #waiting: { resolve(snapshot: RiskSnapshot): void; reject(fault: ControlFault): void }[] = [];

  constructor(needs: MonitorControlNeeds) {
    this.#needs = needs;
    this.#startedAt = needs.clock.monotonic();
    this.#unsubscribe = needs.monitor.subscribe(({ snapshot }) => this.#noteTurn(snapshot));
  }

  /** @throws {ControlFault} for what cannot be answered */
  async answer({ method, params }: Request): Promise<unknown> {
    const snapshot = this.#snapshot();
    switch (method) {
      case "status":
        return this.#status(snapshot);
      case "snapshot":
        return snapshot;
      case "positions":
        return positionsIn(snapshot, params.account, params.symbol);
      case "breaches":
        return { ...headOf(snapshot), breaches: snapshot.breaches } satisfies BreachesAnswer;
      case "completions":
        return completionsIn(snapshot);
      case "acknowledge":
        return await this.#acknowledge(openBreach(snapshot, params.breach), params.note);
      case "takeBack":
        return await this.#takeBack(openBreach(snapshot, params.breach));
    }
  }

  /** Nothing is waited for any longer. */
  close(): void {
    this.#unsubscribe();
    const fault = new ControlFault("stopping", "The monitor is stopping: whether that was noted is not known");
    for (const { reject } of this.#waiting.splice(0)) reject(fault);
  }

  #snapshot(): RiskSnapshot {
    const { last } = this.#needs.monitor;
    if (last === null) throw new ControlFault("not-yet", "The monitor has only just started: try again");
    return last;
  }

  #status(snapshot: RiskSnapshot): MonitorStatus {
    const { clock, about, refusedConnections } = this.#needs;
    const now = clock.monotonic();
    return monitorStatus(snapshot, {
      ...about,
      uptimeMs: now - this.#startedAt,
      snapshotAgeMs: this.#publishedAt === null ? null : now - this.#publishedAt,
      refusedConnections: refusedConnections(),
    });
  }

  async #acknowledge({ id }: BreachView, note: string | null): Promise<BreachAnswer> {
    const next = this.#nextTurn();
    this.#needs.monitor.acknowledge(id, this.#needs.operator, note);
    return breachIn(await next, id);
  }

  async #takeBack({ id, state }: BreachView): Promise<BreachAnswer> {
    if (state !== "acknowledged") {
      throw new ControlFault("not-open", `Nobody has acknowledged ${id}, so there is nothing to take back`);
    }
    const next = this.#nextTurn();
    this.#needs.monitor.takeBack(id);
    return breachIn(await next, id);
  }

  /** What was noted stands in the next snapshot: whoever is told so, and looks, sees it. */
  #nextTurn(): Promise<RiskSnapshot> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #noteTurn(snapshot: RiskSnapshot): void {
    this.#publishedAt = this.#needs.clock.monotonic();
    for (const { resolve } of this.#waiting.splice(0)) resolve(snapshot);
  }
}

function headOf(snapshot: RiskSnapshot): AnswerHead {
  const { env, simulated, status, statusReasons, restoredFrom, asOf } = snapshot;
  return { env, simulated, status, statusReasons, restoredFrom, asOf };
}

function positionsIn(snapshot: RiskSnapshot, account: string | null, symbol: string | null): PositionsAnswer {
  if (account !== null && !accountsOf(snapshot).includes(account)) {
    const nearest = nearestWord(account, accountsOf(snapshot));
    const meant = nearest === null ? "" : `; did you mean ${nearest}?`;
    throw new ControlFault("unknown-account", `The monitor knows no account ${account}${meant}`);
  }
  const positions = snapshot.positions.filter((position) => isOfSymbol(position, symbol)).flatMap((position) => {
    const leaves = position.leaves.filter((leaf) => account === null || leaf.account === account);
    return leaves.length === 0 ? [] : [{ ...position, leaves }];
  });
  return { ...headOf(snapshot), positions };
}

function completionsIn(snapshot: RiskSnapshot): Completions {
  const { positions, breaches } = snapshot;
  const names = [...positions.map(({ underlying }) => underlying), ...positions.map(({ symbol }) => symbol)];
  return { accounts: accountsOf(snapshot), symbols: [...new Set(names)], breaches: breaches.map(({ id }) => id) };
}

function openBreach({ breaches }: RiskSnapshot, wanted: string | null): BreachView {
  const open = breaches.find(({ id }) => id === wanted);
  if (open !== undefined) return open;
  throw new ControlFault("not-open", notOpenText(wanted ?? "", breaches.map(({ id }) => id)));
}

/** Why there is no such breach, with what was probably meant. */
export function notOpenText(wanted: string, open: readonly string[]): string {
  if (open.length === 0) return `No breach ${wanted} is open: none is`;
  const nearest = nearestWord(wanted, open);
  const meant = nearest === null ? "." : `; did you mean ${nearest}?`;
  const rest = open.length > NAMED ? ` and ${open.length - NAMED} more` : "";
  return `No breach ${wanted} is open${meant} Open: ${open.slice(0, NAMED).join(", ")}${rest}`;
}

function breachIn({ breaches }: RiskSnapshot, id: string): BreachAnswer {
  return { breach: breaches.find((breach) => breach.id === id) ?? null };
}
