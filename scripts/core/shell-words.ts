/** `ApiEndpoint` and its value as a line that a POSIX shell can source: `API_ENDPOINT='https://…'`. */
export function shellAssignment(name: string, value: string): string {
  const variable = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()
  return `${variable}=${quoted(value)}`
}

/** A value as a POSIX shell takes it for one word, quoted only where that is needed; `…` stands for what a person fills in. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./…-]+$/.test(value) ? value : quoted(value)
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}
