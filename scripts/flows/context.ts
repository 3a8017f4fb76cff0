import type { Cloud } from '../core/cloud.js'
import type { Inputs } from '../core/inputs.js'
import type { Names } from '../core/names.js'
import type { Project } from '../core/project.js'
import type { Environment, Target } from '../core/target.js'
import type { MachinePorts, Ports } from '../ports.js'
import type { Report } from '../report/report.js'

/** What every flow is handed. */
export interface Context {
  ports: MachinePorts
  report: Report
  inputs: Inputs
  project: Project
  signal: AbortSignal
  /** Where the tool's own pins and examples are, and where the project is (absolute paths). */
  toolFolder: string
  projectFolder: string
  /** Environment that children get, and who is running this (user@host). */
  nodeProgram: string
  nodeVersion: string
  childEnv: Readonly<Record<string, string>>
  who: string
  pid: number
  /** Address of the CI run, where there is one. */
  ciRun: string | undefined
  started: Date
  command: string
  /**
   * The cloud of this run, or of another environment than its own; undefined only where it is the emulator, not running,
   * and not to be started.
   */
  connect(options: { startEmulator: boolean; env?: Environment }): Promise<CloudContext | undefined>
}

/** A context of one target's files: nothing is connected to. */
export interface FilesContext extends Context {
  target: Target
}

/** A context whose cloud is known: account, region and endpoint. */
export interface CloudContext extends Context {
  ports: Ports
  cloud: Cloud
  /** Settings by which a child reaches the same cloud as the same caller: credentials, region, endpoint; never printed. */
  cloudEnv: () => Promise<Readonly<Record<string, string>>>
}

/** A context that acts on one target. */
export interface TargetContext extends CloudContext {
  target: Target
  names: Names
  /** Parameters of the stack that goes before this run makes another: what its successor has where nothing else says. */
  predecessor?: Readonly<Record<string, string>>
  /** Ids in ALLOW_DATA_LOSS that let something go with the stack, or the remains, before: the next one need not have them. */
  usedUp?: readonly string[]
  /** What was typed before the stack before went: it is not asked again once there is no way back. */
  typed?: { losses: readonly string[]; opening: boolean }
  /** Under a target's lock: the ports past its guard, for nothing but the receipt of what failed. */
  unguarded?: Ports
}
