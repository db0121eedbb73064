/** Every command there is, in the order in which the help shows them. A command's module is loaded when it is called for. */

import type { Register } from "./session.js";

interface CommandEntry {
  readonly name: string;
  /** It is about all commands, so all of them are loaded with it. */
  readonly whole?: true;
  readonly load: () => Promise<Register>;
}

export interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly CommandEntry[];
}

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    heading: "Run:",
    commands: [
      { name: "up", load: async () => (await import("./commands/up.js")).registerUp },
      { name: "worker", load: async () => (await import("./commands/worker.js")).registerWorker },
      { name: "serve", load: async () => (await import("./commands/serve.js")).registerServe },
      { name: "demo", load: async () => (await import("./commands/demo.js")).registerDemo },
    ],
  },
  {
    heading: "Configure:",
    commands: [
      { name: "init", load: async () => (await import("./commands/init.js")).registerInit },
      { name: "validate", load: async () => (await import("./commands/validate.js")).registerValidate },
      { name: "apply", load: async () => (await import("./commands/apply.js")).registerApply },
    ],
  },
  {
    heading: "Look:",
    commands: [
      { name: "status", load: async () => (await import("./commands/status.js")).registerStatus },
      { name: "alerts", load: async () => (await import("./commands/alerts.js")).registerAlerts },
      { name: "incidents", load: async () => (await import("./commands/incidents.js")).registerIncidents },
      { name: "why", load: async () => (await import("./commands/why.js")).registerWhy },
      { name: "history", load: async () => (await import("./commands/history.js")).registerHistory },
    ],
  },
  {
    heading: "Act:",
    commands: [
      { name: "ack", load: async () => (await import("./commands/ack.js")).registerAck },
      { name: "unack", load: async () => (await import("./commands/ack.js")).registerUnack },
      { name: "pause", load: async () => (await import("./commands/pause.js")).registerPause },
      { name: "resume", load: async () => (await import("./commands/pause.js")).registerResume },
      { name: "resolve", load: async () => (await import("./commands/act.js")).registerResolve },
      { name: "escalate", load: async () => (await import("./commands/act.js")).registerEscalate },
      { name: "comment", load: async () => (await import("./commands/act.js")).registerComment },
    ],
  },
  {
    heading: "Try:",
    commands: [
      { name: "check", load: async () => (await import("./commands/check.js")).registerCheck },
      { name: "notify", load: async () => (await import("./commands/notify.js")).registerNotify },
      { name: "doctor", load: async () => (await import("./commands/doctor.js")).registerDoctor },
    ],
  },
  {
    heading: "Maintain:",
    commands: [
      { name: "token", load: async () => (await import("./commands/token.js")).registerToken },
      { name: "schedules", load: async () => (await import("./commands/schedules.js")).registerSchedules },
      {
        name: "deadletters",
        load: async () => (await import("./commands/deadletters.js")).registerDeadLetters,
      },
      {
        name: "completion",
        whole: true,
        load: async () => (await import("./commands/completion.js")).registerCompletion,
      },
    ],
  },
];
