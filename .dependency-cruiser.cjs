/** The import rules of the house: data flows one way, and each room opens only the doors it was given. */
const within = (...paths) => `^(${paths.join("|")})`;
const only = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from },
  to: { pathNot: to },
});
const npm = (...names) => names.map((n) => `node_modules/${n}/`);

module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    only(
      "domain-is-pure",
      "^src/domain/",
      within("src/domain/"),
      "The domain takes time and randomness as arguments and imports nothing.",
    ),
    only(
      "workflows-are-deterministic",
      "^workflows/",
      within("workflows/", "src/domain/", ...npm("@temporalio/workflow", "@temporalio/common")),
      "Everything reachable from workflows/ runs in Temporal's sandbox.",
    ),
    {
      name: "checks-know-no-siblings",
      severity: "error",
      from: { path: "^src/checks/(?!registry|check-type)([^/]+)\\.ts$" },
      to: { path: "^src/(checks/(?!check-type|$1)|notifiers|store|config|api|temporal|cli|embedded)" },
    },
    {
      name: "notifiers-know-no-siblings",
      severity: "error",
      comment: "What several notifiers need is a module without a line in the registry, named here.",
      from: { path: "^src/notifiers/(?!registry|notifier\\.ts)([^/]+)\\.ts$" },
      to: {
        path: "^src/(notifiers/(?!(notifier|message-text|message-parts|cloud-event|http-attempt|http-settings)\\.ts|$1)|checks|store|config|api|temporal|cli|embedded)",
      },
    },
    {
      name: "config-reads-only",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^(src/(store|api|temporal|cli|embedded|app)|activities/|workflows/)" },
    },
    {
      name: "store-is-the-only-sql",
      severity: "error",
      from: { path: "^src/store/" },
      to: { path: "^(src/(checks|notifiers|config|api|temporal|cli|embedded|app)|activities/|workflows/)" },
    },
    {
      name: "sql-only-in-store",
      severity: "error",
      comment: "What a check asks of somebody else's server is no store's: it has one door of its own.",
      from: {
        path: "^(src|activities)/",
        pathNot: "^src/(store|embedded|checks)/|^src/lib/postgres-session\\.ts$",
      },
      to: { path: "node_modules/(pg|kysely)/" },
    },
    {
      name: "api-never-probes-or-tells",
      severity: "error",
      from: { path: "^src/api/" },
      to: { path: "^(src/(checks|notifiers|cli|embedded|app)|activities/)" },
    },
    {
      name: "views-are-for-everybody",
      severity: "error",
      comment: "What the command line and the API both read; it is shown by them, each in its own way.",
      from: { path: "^src/views/" },
      to: { path: "^(src/(checks|config|api|cli|embedded|app)|activities/|workflows/)" },
    },
    {
      name: "telemetry-only-hears",
      severity: "error",
      comment: "It is told what happened and asks nobody; of activities it knows the types alone.",
      from: { path: "^src/telemetry/" },
      to: { path: "^src/(checks|notifiers|config|store|api|temporal|views|cli|embedded|app)" },
    },
    {
      name: "prometheus-client-only-where-it-measures",
      severity: "error",
      from: { path: "^(src|activities|workflows)/", pathNot: "^src/(telemetry|api)/" },
      to: { path: "node_modules/prom-client/" },
    },
    {
      name: "temporal-sdk-only-in-its-room",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/temporal/" },
      to: { path: "node_modules/@temporalio/" },
    },
    {
      name: "embedded-knows-no-monitoring",
      severity: "error",
      from: { path: "^src/embedded/" },
      to: {
        path: "^(src/(domain|checks|notifiers|config|store|api|temporal|cli|app)|activities/|workflows/)",
      },
    },
    {
      name: "lib-is-domain-free",
      severity: "error",
      from: { path: "^src/lib/" },
      to: { path: "^(src/(?!lib/|errors)|activities/|workflows/)" },
    },
    {
      name: "activities-are-the-door",
      severity: "error",
      from: { path: "^activities/" },
      to: { path: "^src/(api|cli|embedded|app|temporal)" },
    },
    {
      name: "app-is-the-root",
      severity: "error",
      from: { path: "^(src|activities|workflows)/", pathNot: "^src/(cli|app)" },
      to: { path: "^src/app" },
    },
    {
      name: "scripts-are-leaves",
      severity: "error",
      from: { path: "^(src|activities|workflows)/" },
      to: { path: "^(scripts|test)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.node.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".json"],
    },
  },
};
