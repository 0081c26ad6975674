/**
 * How often OpenD lets a message be asked: 10 times in any 30 s. Questions beyond that wait in line, first come first served.
 * The windows belong to OpenD's login, not to a connection: they outlive a reconnect.
 */
import type { Clock } from "../../application/ports/clock.ts";

export class RateLimit {
  constructor(readonly clock: Clock) {}
}
