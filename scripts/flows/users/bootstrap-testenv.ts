import path from 'node:path'
import { isSet } from '../../core/inputs.js'
import { sopId } from '../../core/sop.js'
import { type CopiedSop, copySop, presentSop } from '../config/copy-sop.js'
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

const sample = 'sample-count.yaml'

/**
 * What a person needs to use a fresh organization: somebody to sign in as, something to see, its configuration. Whatever
 * can be wrong is looked at before the first write; what is there stays as it is.
 */
export async function bootstrapTestenv(context: TargetContext): Promise<BootstrappedTarget> {
  verifyNotProd(context)
  const { ports, report, target, toolFolder } = context
  const stack = await deployedStack(context)
  verifyNoSecrets(await readTargetConfig(context), context)
  const planned = await planFiles(stack, target, context)
  const present = await presentSop(sopId(sample), context)
  const users = await createTestUsers(context, { keepPasswords: true })
  const sop = await report.step('SOP', async (step) => {
    const copied = present ?? (await copySop(path.join(toolFolder, 'infra', 'samples', sample), context))
    if (copied.kind === 'unchanged') step.skip(`${copied.id} is there already`)
    else step.say(`${copied.id} ${copied.kind}`)
    return copied
  })
  const files = await report.step('Files', async (step) => {
    const { plans, foreign } = planned
    if (plans.length === 0) return (step.skip('they say what the stack says'), [])
    // Unless OVERWRITE=true, files that point at AWS stay as they are while an emulator is set up.
    if (foreign && !isSet(context.inputs, 'OVERWRITE'))
      return (step.skip('they hold values that are not of this local AWS: left as they are'), [])
    for (const { file, text } of plans) await ports.files.write(file, text)
    step.say(plans.map(({ file }) => file).join(', '))
    return plans.map(({ file }) => file)
  })
  if (context.names.bucketKeys.includes('lambda')) await updateConfig(context)
  else await report.step('Config', async (step) => step.skip('this project has no bucket for its configuration'))
  return { users, sop, files }
}
