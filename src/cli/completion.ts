/** Completion scripts for shells, made from the command tree: they know every command and flag and ask nobody while a person types. */

import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow one command: its own commands, the words its arguments may be, its flags. */
interface Place {
  /** Names of the commands before it, separated by spaces; empty for `tocsin` itself. */
  readonly path: string;
  readonly words: readonly string[];
}

export function completionScript(shell: Shell, program: Command): string {
  const places = placesOf(program, []);
  switch (shell) {
    case "bash":
      return bash(places);
    case "zsh":
      return `#compdef tocsin\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
    case "fish":
      return fish(places);
  }
}

function placesOf(command: Command, path: readonly string[]): readonly Place[] {
  const commands = command.commands.flatMap((each) => [each.name(), ...each.aliases()]);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const flags = command.options.flatMap(({ long, hidden }) =>
    typeof long === "string" && !hidden ? [long] : [],
  );
  const own: Place = { path: path.join(" "), words: [...commands, ...choices, ...flags, "--help"] };
  const below = command.commands.flatMap((each) =>
    [each.name(), ...each.aliases()].flatMap((name) => placesOf(each, [...path, name])),
  );
  return [own, ...below];
}

/** Words that are flags or their values do not lead on; the longest known path counts. */
function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => `    "${path}") words="${words.join(" ")}" ;;`);
  const paths = places.map(({ path }) => `"${path}"`).join(" | ");
  return `_tocsin() {
  local path="" next word words="" index
  for (( index = 1; index < COMP_CWORD; index++ )); do
    word="\${COMP_WORDS[index]}"
    next="\${path:+$path }$word"
    case "$next" in
      ${paths}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}") )
}
complete -o default -F _tocsin tocsin
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.map(({ path, words }) => {
    const parts = path === "" ? [] : path.split(" ");
    const below = places.flatMap((each) => {
      const own = each.path.split(" ");
      const isChild = own.length === parts.length + 1 && (path === "" || each.path.startsWith(`${path} `));
      return each.path !== "" && isChild ? [own.at(-1) ?? ""] : [];
    });
    const seen = parts.map((name) => `__fish_seen_subcommand_from ${name}`);
    const notBelow = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(" ")}`];
    const condition = [...seen, ...notBelow].join("; and ");
    return `complete -c tocsin -n "${condition === "" ? "true" : condition}" -a "${words.join(" ")}"`;
  });
  return `${lines.join("\n")}\n`;
}
