/** `slipway completion SHELL`: functions that ask the program itself, so that they fit every version of it. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const bash = `# Completion of slipway for bash. Load it with: source <(slipway completion bash)
_slipway() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%  *}")
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "\${COMPREPLY[0]-}" in
    :files) COMPREPLY=(); type compopt &>/dev/null && compopt -o default ;;
    :folders) COMPREPLY=(); type compopt &>/dev/null && compopt -o dirnames ;;
  esac
}
complete -F _slipway slipway
`;

const zsh = `#compdef slipway
# Completion of slipway for zsh. Load it with: source <(slipway completion zsh)
_slipway() {
  local -a lines names
  lines=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  case "\${lines[1]}" in
    :files) _files; return ;;
    :folders) _files -/; return ;;
  esac
  names=("\${(@)lines%%  *}")
  compadd -a -- names
}
if [ "\${funcstack[1]}" = "_slipway" ]; then _slipway "$@"; else compdef _slipway slipway; fi
`;

const fish = `# Completion of slipway for fish. Load it with: slipway completion fish | source
function __slipway_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
  switch "$lines[1]"
    case :files
      __fish_complete_path (commandline -ct)
    case :folders
      __fish_complete_directories (commandline -ct)
    case '*'
      string replace --regex '  ' \\t -- $lines
  end
end
complete -c slipway -f -a '(__slipway_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };

export function completionScript(shell: Shell): string {
  return scripts[shell];
}
