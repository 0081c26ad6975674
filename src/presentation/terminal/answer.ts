/** What a key's answer is made of: the next view, and what the outside is to do. */
import type { EpochMs } from "../../domain/time.ts";
import type { ViewContext } from "./context.ts";
import type { RecordAction } from "./record_keys.ts";
import type { ViewState } from "./view_state.ts";

export type Action =
  | { readonly kind: "quit" }
  | { readonly kind: "acknowledge"; readonly breachId: string; readonly note: string }
  | { readonly kind: "takeBack"; readonly breachId: string }
  | { readonly kind: "redraw" }
  | { readonly kind: "nextTheme" }
  | RecordAction;

export interface Pressed {
  readonly view: ViewState;
  readonly actions: readonly Action[];
}

const TOAST_MS = 4_000;

export function quiet(view: ViewState): Pressed {
  return { view, actions: [] };
}

export function acting(view: ViewState, action: Action): Pressed {
  return { view, actions: [action] };
}

/** A key that does nothing here says why. */
export function dead(context: ViewContext, why: string): Pressed {
  return quiet(toasted(context, why));
}

/** The view with a line in its status row for a few seconds. */
export function toasted({ view, now }: ViewContext, text: string): ViewState {
  const until: EpochMs = now + TOAST_MS;
  return { ...view, toast: { text, until } };
}
