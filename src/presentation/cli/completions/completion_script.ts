/** The completions of one shell. */
import type { CompletionTree } from "./completion_tree.ts";

export type Shell = "bash" | "zsh" | "fish";

export async function completionScript(shell: Shell, tree: CompletionTree): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("./bash_script.ts")).bashScript(tree);
    case "zsh":
      return (await import("./zsh_script.ts")).zshScript(tree);
    case "fish":
      return (await import("./fish_script.ts")).fishScript(tree);
  }
}
