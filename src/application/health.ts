/** Whether the parts of the monitor work, and the status of the whole that follows. */
import type { Source } from "../domain/event.ts";
import type { LinkView, Portfolio } from "../domain/portfolio.ts";
import type { Assessment } from "../domain/risk/assess.ts";
import type { Component, HealthView, SnapshotStatus } from "../domain/risk/snapshot.ts";
import { type EpochMs, isoInstant } from "../domain/time.ts";
import type { Settings } from "./settings.ts";

export interface HealthInputs {
  readonly portfolio: Portfolio;
  readonly assessment: Assessment;
  readonly settings: Settings;
  readonly startedAt: EpochMs;
  readonly now: EpochMs;
  /** Words for what the start still waits for; null once the first view was shown. */
  readonly starting: string | null;
  /** Lines that had not answered when the start-up time was over and have not since. */
  readonly unanswered: number;
  readonly turnMs: number;
  readonly clockShifted: boolean;
}

export interface HealthReport {
  readonly status: SnapshotStatus;
  readonly reasons: readonly string[];
  readonly health: readonly HealthView[];
}

/** Keeps since when each component is as it is. */
export class HealthWatch {
  readonly #since = new Map<Component, { status: HealthView["status"]; at: EpochMs }>();

  report(inputs: HealthInputs): HealthReport {
    const { portfolio, settings, assessment, now } = inputs;
    const marketData = marketDataHealth(inputs);
    const components: readonly (readonly [Component, HealthView["status"], string])[] = [
      ["ibkr", ...linkHealth(portfolio.links.get("IB"), settings.ibkr.enabled)],
      ["market_data", ...marketData],
      ["manual", ...linkHealth(portfolio.links.get("MANUAL"), settings.manual.enabled)],
      ["database", "off", "no history in this version"],
      ["monitor", "up", `turn ${inputs.turnMs.toFixed(1)} ms`],
      ["futu", "off", settings.futu.enabled ? "not in this version" : "not configured"],
    ];
    const health = components.map(([component, status, detail]) => this.#view(component, status, detail, inputs));
    return { ...judgeStatus(inputs, assessment, health, now), health };
  }

  #view(component: Component, status: HealthView["status"], detail: string, inputs: HealthInputs): HealthView {
    let since = this.#since.get(component);
    if (since === undefined || since.status !== status) {
      since = { status, at: since === undefined ? inputs.startedAt : inputs.now };
      this.#since.set(component, since);
    }
    return { component, status, detail, since: isoInstant(since.at) };
  }
}

function linkHealth(link: LinkView | undefined, enabled: boolean): [HealthView["status"], string] {
  if (!enabled) return ["off", "switched off in the configuration"];
  if (link === undefined) return ["down", "not started yet"];
  return [link.status === "connecting" ? "down" : link.status, link.detail];
}

function marketDataHealth({ portfolio, assessment, settings }: HealthInputs): [HealthView["status"], string] {
  if (!settings.ibkr.enabled) return ["off", "no broker is configured"];
  const { live, quotes } = assessment.quality;
  const down = [...portfolio.farms].filter(([, farm]) => farm.status === "down").map(([name]) => name);
  const lines = `${live} of ${quotes} lines live`;
  if (portfolio.links.get("IB")?.status !== "up") return ["down", `${lines}: no link to the broker`];
  if (down.length > 0) return ["degraded", `${lines}, farm ${down.join(", ")} down`];
  if (assessment.deadLines > 0) return ["degraded", `${lines}, ${assessment.deadLines} dead`];
  return ["up", lines];
}

function judgeStatus(
  inputs: HealthInputs,
  assessment: Assessment,
  health: readonly HealthView[],
  now: EpochMs,
): { status: SnapshotStatus; reasons: readonly string[] } {
  const { portfolio, settings, starting } = inputs;
  const unavoidable = unavoidableReasons(assessment, inputs.clockShifted);
  if (starting !== null) return { status: "starting", reasons: [starting, ...unavoidable] };
  const link = portfolio.links.get("IB");
  if (settings.ibkr.enabled && link?.status !== "up") {
    return {
      status: "stale",
      reasons: [`IB ${link?.status ?? "down"}: ${link?.detail ?? "not started"}`, ...unavoidable],
    };
  }
  const silentMs = now - portfolio.lastArrivalAt;
  if (settings.ibkr.enabled && portfolio.lastArrivalAt > 0 && silentMs > settings.risk.quality.staleSeconds * 1000) {
    return { status: "stale", reasons: [`IB: nothing arrived for ${Math.round(silentMs / 1000)} s`, ...unavoidable] };
  }
  const faults = [
    ...health.filter(({ status, component }) => (status === "down" || status === "degraded") && component !== "ibkr")
      .map(({ component, detail }) => `${component}: ${detail}`),
    ...sourceFailures(portfolio),
    ...assessment.fxMissing.map((currency) => `no rate for ${currency}: its amounts are left out`),
    ...(inputs.unanswered > 0 ? [`${inputs.unanswered} lines have not answered since the start`] : []),
  ];
  return { status: faults.length > 0 ? "degraded" : "complete", reasons: [...faults, ...unavoidable] };
}

function sourceFailures(portfolio: Portfolio): string[] {
  return (["IB", "FUTU", "MANUAL"] as readonly Source[]).flatMap((source) => {
    const reason = portfolio.positions.failure(source);
    return reason === null ? [] : [`${source}: ${reason}`];
  });
}

/** What cannot be helped: said, and no reason to call the view degraded. */
function unavoidableReasons(assessment: Assessment, clockShifted: boolean): string[] {
  const { flags } = assessment.quality;
  const reasons: string[] = [];
  const say = (count: number | undefined, words: string): void => {
    if (count !== undefined && count > 0) reasons.push(`${count} ${words}`);
  };
  say(flags.STALE, "stale");
  say(flags.DATA_MISSING, "without greeks");
  say(flags.NO_PERMISSION, "without market-data permission");
  say(flags.DELAYED, "delayed");
  say(flags.FROZEN, "frozen");
  say(flags.ROTATED, "rotated");
  say(flags.NO_MARK, "without a mark");
  if (clockShifted) reasons.push("the clock is shifted by --now");
  return reasons;
}
