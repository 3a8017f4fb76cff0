import type { Account } from './ports/account.js'
import type { Buckets, Functions, Logs, Stacks, UserPools } from './ports/cloud.js'
import type { Cdn } from './ports/page.js'
import type { Images } from './ports/images.js'
import type { Metrics } from './ports/metrics.js'
import type { Tables } from './ports/tables.js'
import type { AppProcesses, Clock, Emulator, Files, Http, Prompts, Shell, Toolchain, Watcher } from './ports/machine.js'

/** The narrow interfaces that flows speak to. */
export type * from './ports/account.js'
export type * from './ports/cloud.js'
export type * from './ports/machine.js'
export type * from './ports/page.js'
export type * from './ports/removal.js'
export type * from './ports/users.js'
export type * from './ports/tables.js'
export type * from './ports/images.js'
export type * from './ports/metrics.js'

export interface MachinePorts {
  clock: Clock
  shell: Shell
  files: Files
  prompts: Prompts
  http: Http
  toolchain: Toolchain
  emulator: Emulator
  watcher: Watcher
  app: AppProcesses
}

export interface Ports extends MachinePorts {
  stacks: Stacks
  functions: Functions
  buckets: Buckets
  userPools: UserPools
  account: Account
  logs: Logs
  tables: Tables
  cdn: Cdn
  metrics: Metrics
  images: Images
}
