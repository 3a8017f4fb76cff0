/** A command line as words, never a shell string. */
export interface CommandLine {
  program: string
  args: readonly string[]
  cwd: string
  /** The child's whole environment. */
  env: Readonly<Record<string, string>>
}
