/** An adapter on a scripted gateway under the virtual clock, with everything it hands over kept for looking at. */
import type { FeedSink } from "../../../src/application/ports/feed.ts";
import type { Log, LogData, LogLevel } from "../../../src/application/ports/log.ts";
import type { IbkrSettings } from "../../../src/application/settings.ts";
import type { BookEvent, InstrumentIndex, QuoteField } from "../../../src/domain/event.ts";
import { InstrumentRegistry } from "../../../src/domain/instrument_registry.ts";
import type { Instrument } from "../../../src/domain/instrument.ts";
import type { IndicesWatched } from "../../../src/domain/signals/signal_settings.ts";
import { type IbkrFeed, ibkrFeed } from "../../../src/infrastructure/ibkr/feed.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../../support/virtual_clock.ts";
import { ScriptedGateway } from "./scripted_gateway.ts";

export type Kind = BookEvent["kind"];
export type EventOf<K extends Kind> = Extract<BookEvent, { kind: K }>;

export interface LogLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly data: LogData | undefined;
}

export class RecordingSink implements FeedSink {
  readonly registry = new InstrumentRegistry();
  readonly events: BookEvent[] = [];
  readonly quotes = new Map<string, number>();
  ticks = 0;
  readonly brokerTimes = new Map<InstrumentIndex, number>();

  instrument(instrument: Instrument): InstrumentIndex {
    return this.registry.add(instrument);
  }

  push(event: BookEvent): void {
    if (event.kind === "instrument") this.registry.replace(event.instrument, event.fields);
    this.events.push(event);
  }

  tick(instrument: InstrumentIndex, field: QuoteField, value: number): void {
    this.ticks++;
    this.quotes.set(`${instrument}/${field}`, value);
  }

  brokerTime(instrument: InstrumentIndex, time: number): void {
    this.brokerTimes.set(instrument, time);
  }

  of<K extends Kind>(kind: K): EventOf<K>[] {
    return this.events.filter((each): each is EventOf<K> => each.kind === kind);
  }

  last<K extends Kind>(kind: K): EventOf<K> {
    const found = this.of(kind).at(-1);
    if (found === undefined) throw new Error(`no ${kind} event was pushed`);
    return found;
  }

  quote(index: InstrumentIndex, field: QuoteField): number | undefined {
    return this.quotes.get(`${index}/${field}`);
  }

  /** The index of the contract with this number. */
  indexOf(conId: number): InstrumentIndex {
    const index = this.registry.all().findIndex((each) => each.conId === conId);
    if (index < 0) throw new Error(`contract ${conId} was never met`);
    return index;
  }

  /** The newest status of a contract's line. */
  line(conId: number): EventOf<"line"> | null {
    const index = this.indexOf(conId);
    return this.of("line").filter((each) => each.instrument === index).at(-1) ?? null;
  }
}

export const SETTINGS: IbkrSettings = {
  enabled: true,
  host: "127.0.0.1",
  port: 7497,
  clientId: 1,
  clientIdRange: 4,
  accounts: [],
  marketDataLines: 100,
  marketDataType: 4,
  requestsPerSecond: 45,
  connectTimeoutMs: 5_000,
  handshakeTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  reconnect: { firstDelayMs: 500, maxDelayMs: 60_000 },
  rotationSeconds: 20,
};

export interface Desk {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly gateway: ScriptedGateway;
  readonly sink: RecordingSink;
  readonly feed: IbkrFeed;
  readonly log: LogLine[];
}

export interface DeskOptions {
  readonly settings?: Partial<IbkrSettings>;
  readonly seed?: number;
  readonly betaReference?: string | null;
  readonly baseCurrency?: string | null;
  readonly indices?: IndicesWatched;
  readonly listening?: boolean;
}

/** Not started yet: script the gateway first. */
export async function makeDesk(options: DeskOptions = {}): Promise<Desk> {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const gateway = new ScriptedGateway(clock, network);
  if (options.listening !== false) await gateway.listen();
  const sink = new RecordingSink();
  const lines: LogLine[] = [];
  const log: Log = {
    write: (level, _category, message, data) => lines.push({ at: clock.monotonic(), level, message, data }),
  };
  const feed = ibkrFeed({
    settings: { ...SETTINGS, ...options.settings },
    network,
    clock,
    random: seededRandom(options.seed ?? 1),
    log,
    sink,
    betaReference: options.betaReference ?? null,
    baseCurrency: options.baseCurrency ?? null,
    ...(options.indices === undefined ? {} : { indices: options.indices }),
    instrumentAt: (index) => sink.registry.at(index),
  });
  return { clock, network, gateway, sink, feed, log: lines };
}

/** Runs a test on a desk and stops its feed, whatever happens. */
export async function onDesk(options: DeskOptions, test: (desk: Desk) => Promise<void>): Promise<void> {
  const desk = await makeDesk(options);
  try {
    await test(desk);
  } finally {
    await desk.feed.stop();
  }
}
