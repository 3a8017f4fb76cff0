import type { Command } from './command.js'
import { deployCommands } from './deploy.js'
import { developCommands } from './develop.js'
import { helpCommands } from './help.js'
import { localCommands } from './local.js'
import { lockCommands } from './lock.js'
import { lookCommands } from './look.js'
import { takeDownCommands } from './take-down.js'

/** Every make target, in the order of the Makefile. */
export const commands: readonly Command[] = [
  ...deployCommands,
  ...lookCommands,
  ...lockCommands,
  ...takeDownCommands,
  ...localCommands,
  ...helpCommands(() => commands),
  ...developCommands(() => commands),
]
