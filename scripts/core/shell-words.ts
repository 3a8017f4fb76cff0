/** What shells and the programs below them read: an output of such a name must not take its place. */
const taken =
  /^(PATH|HOME|IFS|ENV|SHELL|USER|LOGNAME|U?ID|EUID|PPID|PWD|OLDPWD|CDPATH|TERM|TMPDIR|LANG|MAIL|PS[0-4]|PROMPT_COMMAND|SHELLOPTS|(LC|LD|DYLD|BASH)_.*|(NODE|PYTHON)_?(PATH|OPTIONS|HOME))$/

/**
 * `ApiEndpoint` and its value as a line that a POSIX shell can source: `API_ENDPOINT='https://…'`. What would be no name
 * there, or the shell's own, begins with OUTPUT_.
 */
export function shellAssignment(output: string, value: string): string {
  const variable = output
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()
  const name = taken.test(variable) || /^\d/.test(variable) ? `OUTPUT_${variable}` : variable
  return `${name}=${quoted(value)}`
}

/** A value as a POSIX shell takes it for one word, quoted only where that is needed; `…` stands for what a person fills in. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./…-]+$/.test(value) ? value : quoted(value)
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}
