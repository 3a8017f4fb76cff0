/** What went wrong, in one word that scripts can match (make flattens every exit code to 2, the word stays). */
export const exitCodes = {
  Bug: 1,
  Usage: 2,
  Refused: 3,
  Declined: 3,
  Interrupted: 3,
  StackState: 4,
  NotDeployed: 4,
  NotBuilt: 4,
  NoSuchUser: 4,
  BuildFailed: 5,
  StackFailed: 5,
  Unhealthy: 5,
  ToolMissing: 5,
  ToolFailed: 5,
  AwsFailed: 5,
  TestsFailed: 5,
  PartlyDone: 6,
  Different: 7,
} as const

export type CodeWord = keyof typeof exitCodes

export interface ErrorDetails {
  /** What to do about it: the next command to type, or the value to change. */
  hint?: string
  /** Further facts, label and text, shown between the message and the hint (resource, log lines). */
  facts?: { label: string; text: string }[]
  cause?: unknown
}

/** The one error class: a code word, one sentence of what happened, and what to type next. */
export class DeployError extends Error {
  readonly code: CodeWord
  readonly hint: string | undefined
  readonly facts: { label: string; text: string }[]

  constructor(code: CodeWord, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'DeployError'
    this.code = code
    this.hint = details.hint
    this.facts = details.facts ?? []
  }

  get exitCode(): number {
    return exitCodes[this.code]
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
