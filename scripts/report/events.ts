import type { DeployError } from '../errors.js'

/** Marks of a line that stands under a running step. */
export type Mark = 'done' | 'failed' | 'skipped' | 'added' | 'changed' | 'removed' | 'plain'

export interface SummaryRow {
  label: string
  text: string
}

/** Everything a run can say. Renderers are exhaustive switches over it. */
export type Event =
  | { type: 'header'; title: string; cloud: string; account: string; region: string }
  | { type: 'banner'; text: string }
  | { type: 'step-started'; title: string }
  | { type: 'step-progress'; title: string; text: string }
  | { type: 'step-line'; title: string; mark: Mark; text: string; depth: number }
  | { type: 'step-ended'; title: string; outcome: 'done' | 'skipped' | 'failed'; text: string; durationMs: number }
  | { type: 'step-detail'; title: string; text: string }
  | { type: 'note'; text: string }
  | { type: 'warning'; text: string; hint?: string }
  | { type: 'summary'; title: string; rows: SummaryRow[]; next: string[]; data: Record<string, unknown> }
  /** `again`: it takes the place of the result before it. */
  | { type: 'result'; text: string; data: unknown; again?: boolean }
  /** `next`: what to type next. */
  | { type: 'failure'; error: DeployError; step: string | undefined; log: string | undefined; next?: string }

export type Listener = (event: Event) => void
