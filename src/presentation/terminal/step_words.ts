/** What a breach's step is called: where it came from and where it went. */
import type { BreachTransition } from "../../domain/limits/breach_transition.ts";

/** `ok -> soft`, `soft -> hard`, `acknowledged`, `escalated`, `soft -> cleared`. */
export function stepWords({ kind, from, to }: Pick<BreachTransition, "kind" | "from" | "to">): string {
  switch (kind) {
    case "opened":
    case "raised":
    case "lowered":
    case "relabelled":
    case "cleared":
      return `${from} -> ${to}`;
    case "escalated":
      return "escalated";
    case "acknowledged":
      return "acknowledged";
    case "taken-back":
      return "taken back";
  }
}
