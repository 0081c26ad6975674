/**
 * Keeps a terminal showing the newest snapshot: at most so many frames a second, none when nothing changed, and none
 * while the terminal still takes the last one.
 */
import type { DayPoint, HistorySubject, RowHistory } from "../../application/day_record.ts";
import type { FeedAnswer } from "../../application/ports/feed.ts";
import type { ColumnChoice } from "../../application/dashboard_columns.ts";
import type { ShockSet } from "../../application/shock_sets.ts";
import type { Clock } from "../../application/ports/clock.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { createFormat, type DisplaySettings } from "../format.ts";
import { backgroundOf } from "./background.ts";
import type { Look, Size } from "./context.ts";
import { dashboard, type DashboardInput } from "./dashboard.ts";
import { glyphsOf } from "./glyphs.ts";
import { type Key, KeyDecoder } from "./keys.ts";
import { extended, withEarlier } from "./day_trail.ts";
import { NOTHING_RECORDED, type ProgramRecord } from "./program_record.ts";
import { type Action, pressed } from "./pressed.ts";
import type { Abilities, Terminal } from "./terminal.ts";
import { createTheme, type Theme, type ThemeName } from "./theme.ts";
import { type FeedRequest, INITIAL_VIEW, type ViewState } from "./view_state.ts";
import { DifferentialWriter, ENTER, MOUSE, RESTORE } from "./writer.ts";

export interface DashboardParts {
  readonly terminal: Terminal;
  readonly abilities: Abilities;
  readonly clock: Clock;
  /** Calls with each snapshot; the returned function ends that. */
  readonly subscribe: (listener: (snapshot: RiskSnapshot) => void) => () => void;
  readonly settings: {
    readonly maxFps: number;
    readonly glyphs: "unicode" | "ascii";
    readonly theme: ThemeName;
    readonly background: "auto" | "dark" | "light";
    readonly bell: boolean;
    readonly accounts: "full" | "masked";
    readonly mouse: boolean;
    readonly columns: ColumnChoice;
    readonly display: DisplaySettings;
    readonly softAt: number;
    readonly betaReference: string;
    readonly manualFile: string;
    readonly shockSets: readonly ShockSet[];
  };
  readonly onAcknowledge: (breachId: string, note: string) => void;
  readonly onTakeBack: (breachId: string) => void;
  /** Another account is looked at, or all again (null). */
  readonly onAccount: (account: string | null) => void;
  /** A line or the connection is to be made anew; the person was asked, and is told what came of it. */
  readonly onFeed?: (request: FeedRequest) => FeedAnswer;
  /** Reads what happened to a row today. The dashboard does not wait for it. */
  readonly onHistory?: (subject: HistorySubject) => Promise<RowHistory>;
  /** Points of earlier today for the sparklines, once they are read, and how far apart they are. */
  readonly earlier?: { readonly points: Promise<readonly DayPoint[]>; readonly everyMs: number };
  /** What the program remembers beside the snapshot; left out: nothing. */
  readonly record?: ProgramRecord;
  /** The person wants to leave; the caller then stops the dashboard. */
  readonly onQuit: () => void;
  /** A frame could not be drawn or written. The dashboard goes on; the caller decides. */
  readonly onTrouble: (error: unknown) => void;
}

/** Shown on screen until `stop`. */
export interface RunningDashboard {
  /** Leaves the screen as it was found. Safe to call twice. */
  stop(): Promise<void>;
}

/** How long a lone Esc waits for the rest of a sequence. */
const ESCAPE_MS = 40;
/** How long pasted text waits for its end: over a slow line it comes in pieces, and none of it may act as keys. */
const PASTE_MS = 2_000;
/** How long the terminal may take to answer what its background is. */
const BACKGROUND_MS = 100;
const ASK_BACKGROUND = "\x1b]11;?\x1b\\";
const THEMES: readonly ThemeName[] = ["safe", "classic", "mono"];

export function runDashboard(parts: DashboardParts): RunningDashboard {
  const running = new Dashboard(parts);
  running.start();
  return running;
}

class Dashboard implements RunningDashboard {
  readonly #parts: DashboardParts;
  readonly #decoder = new KeyDecoder();
  readonly #writer: DifferentialWriter;
  readonly #look: Look;
  readonly #endings: (() => void)[] = [];
  #view: ViewState = INITIAL_VIEW;
  #snapshot: RiskSnapshot | null = null;
  #size: Size;
  #themeName: ThemeName;
  #background: "dark" | "light";
  #stopped = false;
  #writing: Promise<void> | null = null;
  #dirty = false;
  #drawnAt = -Infinity;
  #cancelFrame: (() => void) | null = null;
  #cancelEscape: (() => void) | null = null;
  /** Hard breaches that have rung already. */
  #rung: ReadonlySet<string> = new Set();

  constructor(parts: DashboardParts) {
    this.#parts = parts;
    const { settings, abilities, terminal } = parts;
    this.#themeName = settings.theme;
    this.#background = settings.background === "light" ? "light" : "dark";
    this.#writer = new DifferentialWriter(this.#theme());
    this.#size = terminal.size();
    this.#look = {
      format: createFormat(settings.display),
      glyphs: glyphsOf(settings.glyphs === "ascii" || !abilities.utf8 ? "ascii" : "unicode"),
      softAt: settings.softAt,
      betaReference: settings.betaReference,
      accounts: settings.accounts,
      columns: settings.columns,
      manualFile: settings.manualFile,
      shockSets: settings.shockSets,
    };
  }

  start(): void {
    const { terminal, subscribe, settings, abilities } = this.#parts;
    const ask = settings.background === "auto" && abilities.colours === "24bit";
    this.#takeTerminal(ask ? ASK_BACKGROUND : "");
    this.#endings.push(terminal.onInput((bytes) => this.#typed(bytes)));
    this.#endings.push(terminal.onResize(() => this.#resized()));
    this.#endings.push(subscribe((snapshot) => this.#received(snapshot)));
    if (ask) this.#endings.push(this.#parts.clock.after(BACKGROUND_MS, () => this.#changed()));
    this.#learnEarlier();
    this.#tick();
    this.#changed();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const end of this.#endings) end();
    this.#cancelFrame?.();
    this.#cancelEscape?.();
    this.#parts.terminal.setRaw(false);
    // What is half written ends first, or its rest would land on the restored screen.
    await this.#writing;
    await this.#parts.terminal.write(RESTORE);
  }

  #takeTerminal(question = ""): void {
    const { terminal, settings, abilities } = this.#parts;
    terminal.setRaw(true);
    this.#send(ENTER + (settings.mouse && abilities.mouse ? MOUSE : "") + question);
  }

  #learnEarlier(): void {
    const { earlier, onTrouble } = this.#parts;
    earlier?.points.then((points) => {
      if (this.#stopped || points.length === 0) return;
      this.#view = { ...this.#view, trail: withEarlier(this.#view.trail, points, earlier.everyMs) };
      this.#changed();
    }).catch(onTrouble);
  }

  #received(snapshot: RiskSnapshot): void {
    this.#snapshot = snapshot;
    this.#view = { ...this.#view, trail: extended(this.#view.trail, snapshot, this.#parts.clock.now()) };
    if (this.#parts.settings.bell) this.#ring(snapshot);
    this.#changed();
  }

  /** The bell sounds once for each new hard breach, and once for each breach that nobody acknowledged in time. */
  #ring(snapshot: RiskSnapshot): void {
    const loud = snapshot.breaches.filter(({ severity, state }) =>
      state === "escalated" || (severity === "hard" && state !== "acknowledged")
    );
    const ids = new Set(loud.map((one) => `${one.id} ${one.since} ${one.state}`));
    const first = this.#rung;
    this.#rung = ids;
    if ([...ids].some((id) => !first.has(id))) this.#send("\x07");
  }

  #typed(bytes: Uint8Array): void {
    this.#cancelEscape?.();
    this.#cancelEscape = null;
    this.#answer(this.#decoder.push(bytes));
    if (this.#decoder.waiting) {
      const wait = this.#decoder.pasting ? PASTE_MS : ESCAPE_MS;
      this.#cancelEscape = this.#parts.clock.after(wait, () => this.#answer(this.#decoder.flush()));
    }
  }

  #answer(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#stopped) return;
      if (key.kind === "reply") {
        this.#learnBackground(key.text);
        continue;
      }
      const { view, actions } = pressed(this.#input(), key);
      if (view.account !== this.#view.account) this.#parts.onAccount(view.account);
      this.#view = view;
      for (const action of actions) this.#act(action);
    }
    if (keys.length > 0) this.#changed();
  }

  #act(action: Action): void {
    const { onAcknowledge, onTakeBack, onQuit } = this.#parts;
    if (action.kind === "quit") onQuit();
    else if (action.kind === "acknowledge") onAcknowledge(action.breachId, action.note);
    else if (action.kind === "takeBack") onTakeBack(action.breachId);
    else if (action.kind === "redraw") this.#writer.invalidate();
    else if (action.kind === "feed") this.#askFeed(action.request);
    else if (action.kind === "history") this.#readHistory(action.subject);
    else {
      this.#themeName = THEMES[(THEMES.indexOf(this.#themeName) + 1) % THEMES.length] ?? "safe";
      this.#writer.invalidate(this.#theme());
      const until = this.#parts.clock.now() + 2_000;
      this.#view = { ...this.#view, toast: { text: `Theme ${this.#themeName}`, until } };
    }
  }

  #askFeed(request: FeedRequest): void {
    const answer = this.#parts.onFeed?.(request) ?? { done: false, words: "there is no feed to ask" };
    const what = request.kind === "reconnect" ? "Reconnect" : request.label;
    this.#view = { ...this.#view, toast: { text: `${what}: ${answer.words}`, until: this.#parts.clock.now() + 4_000 } };
  }

  /** The answer may come when the person has long looked elsewhere. */
  #readHistory(subject: HistorySubject): void {
    const answered = this.#parts.onHistory?.(subject) ?? Promise.resolve<RowHistory>({ status: "not kept" });
    answered.then((answer) => {
      const { history } = this.#view;
      if (this.#stopped || history?.subject !== subject) return;
      this.#view = { ...this.#view, history: { ...history, answer } };
      this.#changed();
    }).catch(this.#parts.onTrouble);
  }

  #learnBackground(reply: string): void {
    const background = backgroundOf(reply);
    if (background === null || background === this.#background) return;
    this.#background = background;
    this.#writer.invalidate(this.#theme());
  }

  #theme(): Theme {
    return createTheme(this.#themeName, this.#parts.abilities.colours, this.#background);
  }

  /** Also after the process was stopped and continued: the shell has had the terminal, with modes of its own. */
  #resized(): void {
    this.#takeTerminal();
    this.#writer.invalidate();
    this.#changed();
  }

  /** The clock and the ages run by themselves: one look at each new second. */
  #tick(): void {
    const { clock } = this.#parts;
    const cancel = clock.after(1_000 - (clock.now() % 1_000) + 1, () => {
      this.#endings.splice(this.#endings.indexOf(cancel), 1);
      if (this.#stopped) return;
      this.#changed();
      this.#tick();
    });
    this.#endings.push(cancel);
  }

  /** Draws now, or as soon as the frame rate and the terminal allow it. */
  #changed(): void {
    this.#dirty = true;
    if (this.#stopped || this.#cancelFrame !== null || this.#writing !== null) return;
    const { clock, settings } = this.#parts;
    const wait = this.#drawnAt + 1_000 / settings.maxFps - clock.monotonic();
    if (wait <= 0) {
      this.#draw();
      return;
    }
    this.#cancelFrame = clock.after(wait, () => {
      this.#cancelFrame = null;
      if (!this.#stopped && this.#writing === null) this.#draw();
    });
  }

  #draw(): void {
    this.#dirty = false;
    this.#drawnAt = this.#parts.clock.monotonic();
    try {
      // Asked each time: a terminal that missed its signal is still drawn at its size.
      this.#size = this.#parts.terminal.size();
      const text = this.#writer.draw(dashboard(this.#input()));
      if (text !== "") this.#send(text);
    } catch (error) {
      this.#writer.invalidate();
      this.#parts.onTrouble(error);
    }
  }

  #send(text: string): void {
    const before = this.#writing ?? Promise.resolve();
    const sent = before.then(() => this.#parts.terminal.write(text)).catch((error) => {
      this.#writer.invalidate();
      this.#parts.onTrouble(error);
    }).then(() => {
      if (this.#writing !== sent) return;
      this.#writing = null;
      if (this.#dirty) this.#changed();
    });
    this.#writing = sent;
  }

  #input(): DashboardInput {
    return {
      snapshot: this.#snapshot,
      view: this.#view,
      size: this.#size,
      now: this.#parts.clock.now(),
      look: this.#look,
      record: this.#parts.record ?? NOTHING_RECORDED,
    };
  }
}
