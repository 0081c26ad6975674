/** The simulated gateway: a server of the TWS wire protocol that plays a scenario. */
import { type Clock, every } from "../../application/ports/clock.ts";
import type { Log } from "../../application/ports/log.ts";
import type { Address, ListeningSocket, Network } from "../../application/ports/network.ts";
import { Conditions } from "./conditions.ts";
import { garbage } from "./garbage.ts";
import { seeded } from "./random.ts";
import type { Fault, Happening, Scenario, TimedEvent } from "./scenario.ts";
import { CONNECTIVITY, Session, type SessionHost } from "./session.ts";
import { Simulation } from "./simulation.ts";
import { type Truth, truthOf } from "./truth.ts";

export interface GatewayOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** The same seed, scenario and start give the same bytes to the same requests. */
  readonly seed: number;
  /** Port 0 picks a free one. */
  readonly address: Address;
  readonly scenario: Scenario;
  readonly log: Log;
}

export interface Gateway {
  readonly port: number;
  /** Messages that would have placed, changed, cancelled or exercised something. Each was refused. */
  readonly orderMessagesReceived: number;
  /** Connections whose API is started. */
  readonly clients: number;
  /** Market-data lines open over all clients. */
  readonly lines: number;
  /** Makes trouble now. */
  fault(fault: Fault): void;
  /** Changes the market or the books now. */
  happen(happening: Happening): void;
  truth(): Truth;
  /** Closes every connection, the port and all timers. */
  stop(): Promise<void>;
}

/**
 * Opens the port and starts the scenario's time.
 *
 * Rejects when the port cannot be opened, with the system's own error.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new SimulatedGateway(options);
  await gateway.listen(options.address);
  gateway.start();
  return gateway;
}

class SimulatedGateway implements Gateway, SessionHost {
  readonly simulation: Simulation;
  readonly conditions: Conditions;
  readonly clock: Clock;
  readonly log: Log;
  readonly #network: Network;
  readonly #sessions = new Set<Session>();
  readonly #timers: (() => void)[] = [];
  #events: readonly TimedEvent[];
  #listener: ListeningSocket | null = null;
  #address: Address = { host: "", port: 0 };
  #orderMessages = 0;
  #endRefusal: () => void = () => {};
  #startedAt = 0;
  #steppedAt = 0;
  #refreshedAt = 0;
  #pnlAt = 0;
  #wasFrozen = false;
  #stopped = false;

  constructor({ network, clock, seed, scenario, log }: GatewayOptions) {
    this.#network = network;
    this.clock = clock;
    this.log = log;
    this.conditions = new Conditions(clock);
    this.simulation = new Simulation(scenario, seeded(seed), clock.now());
    this.#events = scenario.events;
  }

  get port(): number {
    return this.#address.port;
  }

  get orderMessagesReceived(): number {
    return this.#orderMessages;
  }

  get clients(): number {
    return [...this.#sessions].filter((session) => session.started).length;
  }

  get lines(): number {
    return [...this.#sessions].reduce((total, session) => total + session.lineCount, 0);
  }

  async listen(address: Address): Promise<void> {
    const listener = await this.#network.listen(address, (stream) => {
      const session = new Session(stream, this);
      this.#sessions.add(session);
      return session;
    });
    this.#address = { host: address.host, port: listener.port };
    this.#listener = listener;
  }

  start(): void {
    this.#startedAt =
      this.#steppedAt =
      this.#refreshedAt =
      this.#pnlAt =
        this.clock.monotonic();
    this.#timers.push(every(this.clock, this.simulation.scenario.gateway.stepMs, () => this.#step()));
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const cancel of this.#timers.splice(0)) cancel();
    this.#endRefusal();
    for (const session of [...this.#sessions]) session.close();
    const listener = this.#listener;
    this.#listener = null;
    await listener?.close();
  }

  truth(): Truth {
    return truthOf(this.simulation, this.clock.now());
  }

  happen(happening: Happening): void {
    for (const change of this.simulation.apply(happening, this.clock.now())) {
      for (const session of this.#sessions) session.tell(change);
    }
  }

  fault(fault: Fault): void {
    this.log.write("INFO", "SYSTEM", "The simulated gateway makes trouble on purpose", { kind: fault.kind });
    switch (fault.kind) {
      case "drop":
        return this.#drop();
      case "refuse":
        return this.#refuse(fault.seconds);
      case "freeze":
        this.#wasFrozen = true;
        return this.conditions.freeze(fault.seconds);
      case "connectivity":
        return this.#connectivity(fault.code);
      case "farm":
        return this.#farm(fault.farm, fault.up, fault.lose);
      case "client-id-in-use":
        return this.conditions.takeIds(fault.seconds);
      case "competing-session":
        this.conditions.compete(fault.seconds);
        return this.#each((session) => session.lines.compete());
      case "garbage":
        return this.#each((session) => session.inject(garbage(fault.form)));
    }
  }

  idTaken(clientId: number, by: Session): boolean {
    return [...this.#sessions].some((session) => session !== by && session.started && session.clientId === clientId);
  }

  orderMessage(messageId: number, clientId: number): void {
    this.#orderMessages++;
    this.log.write("WARN", "TRADING", "A client sent an order message to the simulated gateway; it was refused", {
      messageId,
      clientId,
    });
  }

  closed(session: Session): void {
    this.#sessions.delete(session);
  }

  #step(): void {
    const now = this.clock.now();
    const elapsed = this.clock.monotonic();
    this.#playEvents(elapsed - this.#startedAt);
    const { accountRefreshMs, pnlRefreshMs, ticksPerSecond } = this.simulation.scenario.gateway;
    if (ticksPerSecond === 0) this.simulation.market.step(now, elapsed - this.#steppedAt);
    this.#steppedAt = elapsed;
    if (this.conditions.frozen) return;
    if (this.#wasFrozen) this.#thaw();
    for (const session of this.#sessions) session.tick(elapsed);
    if (elapsed - this.#pnlAt >= pnlRefreshMs) {
      this.#pnlAt = elapsed;
      for (const session of this.#sessions) session.sendPnl();
    }
    if (elapsed - this.#refreshedAt >= accountRefreshMs) {
      this.#refreshedAt = elapsed;
      for (const session of this.#sessions) session.refreshAccounts();
    }
  }

  #playEvents(sinceStart: number): void {
    while (this.#events[0] !== undefined && this.#events[0].atMs <= sinceStart) {
      const [event, ...later] = this.#events;
      this.#events = later;
      if (event !== undefined) this.#play(event);
    }
  }

  #play(event: TimedEvent): void {
    switch (event.kind) {
      case "price":
      case "volatility":
      case "fill":
      case "position":
        return this.happen(event);
      default:
        return this.fault(event);
    }
  }

  /** What was sent to the gateway meanwhile is answered now. */
  #thaw(): void {
    this.#wasFrozen = false;
    for (const session of [...this.#sessions]) {
      session.read();
      session.flush();
    }
  }

  #drop(): void {
    for (const session of [...this.#sessions]) session.close();
  }

  #refuse(seconds: number): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#drop();
    void listener?.close();
    // A later refusal moves the end; only the newest timer opens the port again.
    this.#endRefusal();
    this.#endRefusal = this.clock.after(seconds * 1000, () => void this.#listenAgain());
  }

  /** The port was ours; somebody else may have taken it meanwhile, which ends the simulation for new clients. */
  async #listenAgain(): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.listen(this.#address);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.log.write("ERROR", "SYSTEM", "The simulated gateway cannot open its port again; restart it", {
        port: this.#address.port,
        why,
      });
    }
  }

  #connectivity(code: 1100 | 1101 | 1102): void {
    this.conditions.connected = code !== 1100;
    this.#each((session) => {
      session.announce(code, CONNECTIVITY[code]);
      if (code === 1101) session.lines.lose(() => true);
      if (code === 1102) session.lines.refresh(() => true);
    });
  }

  #farm(farm: string, up: boolean, lose: boolean): void {
    if (up) this.conditions.farmsDown.delete(farm);
    else this.conditions.farmsDown.add(farm);
    const text = up ? "Market data farm connection is OK:" : "Market data farm connection is broken:";
    this.#each((session) => {
      session.announce(up ? 2104 : 2103, text + farm);
      if (!up) return;
      if (lose) session.lines.lose(({ spec }) => spec.farm === farm);
      else session.lines.refresh(({ spec }) => spec.farm === farm);
    });
  }

  #each(act: (session: Session) => void): void {
    for (const session of [...this.#sessions]) {
      if (!session.started) continue;
      act(session);
      if (!this.conditions.frozen) session.flush();
    }
  }
}
