/** What people and machines ask of a running incident or monitor. Every field is optional, so that a bare signal from the Temporal UI works. */

/** Shared by all commands: `command_id` makes a repeat harmless, `episode` refuses a stale button. */
export interface CommandBase {
  readonly by?: string;
  readonly command_id?: string;
  readonly episode?: number;
}

export interface AcknowledgeCommand extends CommandBase {
  readonly note?: string;
  /** A duration (`30m`) or milliseconds; at most 24 h. */
  readonly for?: string | number;
  /** Alert ids; absent: everything present. */
  readonly alerts?: readonly string[];
}

export interface PauseCommand extends CommandBase {
  /** A duration (`1h`) or milliseconds; 1 h by default, at most 7 d. */
  readonly for?: string | number;
  readonly reason?: string;
}

export interface ReasonCommand extends CommandBase {
  readonly reason?: string;
}

export interface CommentCommand extends CommandBase {
  readonly text?: string;
}

/** The commands of an incident, by their name on the CLI, the API and in the Temporal UI. */
export interface IncidentCommands {
  readonly acknowledge: AcknowledgeCommand;
  readonly unacknowledge: CommandBase;
  readonly pause: PauseCommand;
  readonly resume: CommandBase;
  readonly resolve: ReasonCommand;
  readonly escalate: CommandBase;
  readonly comment: CommentCommand;
}

export type IncidentCommandName = keyof IncidentCommands;
export type IncidentCommand = {
  readonly [Name in IncidentCommandName]: { readonly name: Name; readonly input: IncidentCommands[Name] };
}[IncidentCommandName];

export interface MonitorPauseCommand extends PauseCommand {
  readonly service?: string;
  readonly check?: string;
}

export interface MonitorTargetCommand extends CommandBase {
  readonly service?: string;
  readonly check?: string;
}

/** How a command ended: done, or refused with the reason. */
export interface CommandAnswer {
  readonly ok: boolean;
  readonly text: string;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `30m`, `1h30m` or a number of milliseconds; undefined when it is neither. */
export function commandDurationMs(value: string | number | undefined): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (value === undefined || !/^(\d+(ms|s|m|h|d))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  }
  return Number.isFinite(total) ? total : undefined;
}
