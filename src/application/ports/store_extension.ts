/** What a database server can add to a store: steps of its own, recorded apart from the numbered migrations. */
import type { Migration, MigrationTarget } from "../migrations.ts";

export interface ExtensionState {
  /** `absent`: the server cannot. `available`: it can, once it is enabled. `enabled`: the steps can be applied. */
  readonly kind: "absent" | "available" | "enabled";
  /** `TimescaleDB 2.17.2`, or the name alone when there is none. */
  readonly description: string;
  /** What that means for the tables, or what is to be done; null when there is nothing to say. */
  readonly remark: string | null;
  /** How many of the steps this server can take. */
  readonly steps: number;
}

export interface StoreExtension {
  /** Numbered like the migrations, from 1. They need all of those. */
  readonly steps: readonly Migration[];
  /** With a record of its own; whoever made it closes it. */
  readonly target: MigrationTarget;
  /** Changes nothing. */
  state(): Promise<ExtensionState>;
  /**
   * Enables it in the database where it is available. A server that does not permit it leaves it available, with a remark on
   * what to do; that is no failure.
   */
  enable(): Promise<ExtensionState>;
  /** In words, what of the configuration the database does not follow yet. Once all steps are applied; changes nothing. */
  unsettled(): Promise<readonly string[]>;
  /** Makes the database follow the configuration, and says what changed. Once all steps are applied. */
  settle(): Promise<readonly string[]>;
}
