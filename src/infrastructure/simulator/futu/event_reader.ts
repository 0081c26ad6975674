/** The `events` of a scenario file: what changes and what goes wrong, with times since the start. */
import type { MapReader } from "../scenario_reader.ts";
import {
  type FutuFault,
  type FutuHappening,
  type FutuTimedEvent,
  GARBAGE,
  SIDE_NAMES,
  STATUS_NAMES,
} from "./scenario.ts";

/** What an event may refer to. */
export interface FutuNames {
  readonly accounts: ReadonlySet<string>;
  readonly contracts: ReadonlySet<string>;
  /** Contracts that can be held. */
  readonly tradable: ReadonlySet<string>;
}

const EVENT_KINDS = [
  "order",
  "fill",
  "price",
  "drop",
  "refuse",
  "freeze",
  "logout",
  "login",
  "rate-limit",
  "drop-before-reply",
  "garbage",
] as const;

export function readEvent(reader: MapReader, names: FutuNames): FutuTimedEvent {
  const atMs = reader.duration("at");
  const kind = reader.oneOf("kind", EVENT_KINDS);
  const event = { atMs, ...readWhat(reader, kind, names) };
  reader.done();
  return event;
}

function readWhat(reader: MapReader, kind: typeof EVENT_KINDS[number], names: FutuNames): FutuHappening | FutuFault {
  switch (kind) {
    case "order":
      return {
        kind,
        id: reader.string("id"),
        ...readTrade(reader, names),
        status: reader.oneOf("status", STATUS_NAMES, "SUBMITTED"),
      };
    case "fill":
      return { kind, order: reader.optionalString("order"), ...readTrade(reader, names) };
    case "price": {
      const event = {
        kind,
        contract: reader.reference("contract", names.contracts, "contract"),
        price: reader.optionalNumber("price", { min: 0 }),
        change: reader.optionalNumber("change", { min: -0.99, max: 10 }),
      };
      if ((event.price === null) === (event.change === null)) {
        reader.fault("kind", "needs either price or change (a fraction: -0.02 is two per cent down)");
      }
      return event;
    }
    default:
      return readFault(reader, kind);
  }
}

function readTrade(reader: MapReader, names: FutuNames) {
  return {
    account: reader.reference("account", names.accounts, "account"),
    contract: reader.reference("contract", names.tradable, "contract that can be held"),
    side: reader.oneOf("side", SIDE_NAMES),
    quantity: reader.number("quantity", { min: 0 }),
    price: reader.optionalNumber("price", { min: 0 }),
  };
}

function readFault(reader: MapReader, kind: FutuFault["kind"]): FutuFault {
  switch (kind) {
    case "drop":
    case "login":
      return { kind };
    case "refuse":
    case "freeze":
    case "rate-limit":
      return { kind, seconds: reader.duration("for") / 1000 };
    case "logout":
      return { kind, seconds: reader.has("for") ? reader.duration("for") / 1000 : null };
    case "drop-before-reply":
      return {
        kind,
        protoId: reader.number("message", { min: 1, integer: true }),
        times: reader.number("times", { min: 1, integer: true }, 1),
      };
    case "garbage":
      return { kind, form: reader.oneOf("form", GARBAGE) };
  }
}
