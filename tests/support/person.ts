/** A person at the dashboard: types, and looks. */
import { dashboard } from "../../src/presentation/terminal/dashboard.ts";
import { type Key, KeyDecoder } from "../../src/presentation/terminal/keys.ts";
import { type Action, pressed } from "../../src/presentation/terminal/pressed.ts";
import type { Size } from "../../src/presentation/terminal/context.ts";
import { NOTHING_RECORDED, type ProgramRecord } from "../../src/presentation/terminal/program_record.ts";
import type { ViewState } from "../../src/presentation/terminal/view_state.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { DEMO_LOOK, DEMO_VIEW } from "./demo_look.ts";
import { DEMO_NOW, demoSnapshot } from "./demo_snapshot.ts";

export class Person {
  view: ViewState = DEMO_VIEW;
  actions: Action[] = [];
  record: ProgramRecord = NOTHING_RECORDED;
  constructor(
    readonly size: Size = { columns: 120, rows: 40 },
    public snapshot: RiskSnapshot | null = demoSnapshot(),
  ) {}

  type(text: string): this {
    const decoder = new KeyDecoder();
    const keys: Key[] = [...decoder.push(new TextEncoder().encode(text)), ...decoder.flush()];
    for (const key of keys) {
      const { view, actions } = pressed(this.input(), key);
      this.view = view;
      this.actions.push(...actions);
    }
    return this;
  }

  input() {
    return {
      snapshot: this.snapshot,
      view: this.view,
      size: this.size,
      now: DEMO_NOW,
      look: DEMO_LOOK,
      record: this.record,
    };
  }

  screen(): string {
    return dashboard(this.input()).lines().join("\n");
  }

  /** A row of the screen; from the bottom when negative. */
  line(row: number): string {
    return this.screen().split("\n").at(row) ?? "";
  }

  /** The row that `>` stands before. */
  selected(): string {
    return this.screen().split("\n").find((line) => line.startsWith(">"))?.trim() ?? "";
  }
}
