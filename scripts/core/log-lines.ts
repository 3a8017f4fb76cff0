/** What Lambda itself writes around every call. */
export const platformLine = /^(START|END|REPORT|INIT_START|INIT_REPORT|EXTENSION) /

/** The last lines of a function's log that the function itself wrote. */
export function ownLines(lines: readonly string[], most: number): string[] {
  return lines.filter((line) => line.trim() !== '' && !platformLine.test(line)).slice(-most)
}
