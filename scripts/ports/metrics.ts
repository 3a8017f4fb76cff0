import type { VersionFigures } from '../core/shift-gates.js'

/** Requests of one alias to one version since a moment. */
export interface FiguresQuestion {
  name: string
  alias: string
  version: string
  since: Date
  until: Date
}

export interface Metrics {
  /** In the order of the questions. */
  figures(questions: readonly FiguresQuestion[]): Promise<VersionFigures[]>
  /** Those of the named alarms that are on, with why. */
  alarmsOn(names: readonly string[]): Promise<{ name: string; reason: string }[]>
}
