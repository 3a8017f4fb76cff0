import path from 'node:path'
import { isSet } from '../../core/inputs.js'
import { type CopiedSop, copySop } from '../config/copy-sop.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'
import { planFiles } from '../config/sync-configs.js'
import { readTargetConfig, verifyNoSecrets } from '../config/target-config.js'
import { createTestUsers, verifyNotProd } from './test-users.js'
import { updateConfig } from '../config/update-config.js'
import type { UserChange } from './users.js'

export interface BootstrappedTarget {
  users: UserChange[]
  sop: CopiedSop
  /** Configuration files that were written. */
  files: string[]
}

/** What a person needs to use a fresh organization: somebody to sign in as, something to see, its configuration. */
export async function bootstrapTestenv(context: TargetContext): Promise<BootstrappedTarget> {
  verifyNotProd(context)
  const { report, toolFolder } = context
  await deployedStack(context)
  verifyNoSecrets(await readTargetConfig(context), context)
  const users = await createTestUsers(context)
  const sop = await report.step('SOP', async (step) => {
    const copied = await copySop(path.join(toolFolder, 'infra', 'samples', 'sample-count.yaml'), context)
    if (copied.kind === 'unchanged') step.skip(`${copied.id} is there already`)
    else step.say(`${copied.id} ${copied.kind}`)
    return copied
  })
  const files = await syncFiles(context)
  await updateConfig(context)
  return { users, sop, files }
}

/** Files that point at AWS stay as they are while an emulator is set up, unless OVERWRITE=true. */
async function syncFiles(context: TargetContext): Promise<string[]> {
  const { ports, report, target, inputs } = context
  return report.step('Files', async (step) => {
    const { plans, foreign } = await planFiles(await deployedStack(context), target, context)
    if (plans.length === 0) return (step.skip('they say what the stack says'), [])
    if (foreign && !isSet(inputs, 'OVERWRITE'))
      return (step.skip('they hold values that are not of this local AWS: left as they are'), [])
    for (const { file, text } of plans) await ports.files.write(file, text)
    step.say(plans.map(({ file }) => file).join(', '))
    return plans.map(({ file }) => file)
  })
}
