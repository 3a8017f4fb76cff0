import { authCommands } from './auth.js'
import { bucketCommands } from './buckets.js'
import type { Command } from './command.js'
import { compareCommands } from './compare.js'
import { configCommands } from './config.js'
import { deployCommands } from './deploy.js'
import { developCommands } from './develop.js'
import { diffAndDriftCommands } from './diff-and-drift.js'
import { frontendCommands } from './frontend.js'
import { helpCommands } from './help.js'
import { ledgerCommands } from './ledger.js'
import { listCommands } from './list.js'
import { localAppCommands } from './local-app.js'
import { localCommands } from './local.js'
import { lockCommands } from './lock.js'
import { lookCommands } from './look.js'
import { planCommands } from './plan.js'
import { releaseCommands } from './release.js'
import { sampleCommands } from './sample.js'
import { showCommands } from './show.js'
import { shiftCommands } from './shift.js'
import { stackCommands } from './stack.js'
import { takeDownCommands } from './take-down.js'
import { upCommands } from './up.js'
import { userCommands } from './users.js'
import { watchCommands } from './watch.js'

/** Every make target, in the order of the Makefile. */
export const commands: readonly Command[] = [
  ...deployCommands,
  ...upCommands,
  ...releaseCommands,
  ...shiftCommands,
  ...frontendCommands,
  ...planCommands,
  ...bucketCommands,
  ...lookCommands,
  ...showCommands,
  ...listCommands,
  ...diffAndDriftCommands,
  ...configCommands,
  ...sampleCommands,
  ...watchCommands,
  ...compareCommands,
  ...stackCommands,
  ...ledgerCommands,
  ...lockCommands,
  ...takeDownCommands,
  ...userCommands,
  ...authCommands,
  ...localCommands,
  ...localAppCommands,
  ...helpCommands(() => commands),
  ...developCommands(() => commands),
]
