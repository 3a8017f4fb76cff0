import { stackStates } from '../core/stack-state.js'
import type { Receipt } from '../core/receipt.js'
import { DeployError } from '../errors.js'
import type { Stack } from '../ports.js'
import type { TargetContext } from './context.js'
import type { DeploymentFacts } from './deployment-facts.js'
import { writeReceipt } from './ledger.js'
import type { Released } from './release-code.js'
import type { Health } from './verify-live.js'

/** What a deployment proved to be there at its end. */
export interface LiveFacts {
  stack: Stack
  configEtag: string
  released: Released
  health: Health | undefined
}

/** Writes the receipt of a deployment that is live. Returns its release number. */
export async function recordRelease(facts: DeploymentFacts, live: LiveFacts, context: TargetContext): Promise<number> {
  const { stack, configEtag, released, health } = live
  const inputs = { ...facts.inputs, parameters: { ...facts.inputs.parameters, ...stack.parameters } }
  const receipt: Omit<Receipt, 'release'> = {
    ...(await commonPart(context)),
    outcome: 'live',
    inputs,
    stack: { arn: stack.arn, changedAt: stack.changedAt },
    config: { bucket: context.names.buckets.lambda, etag: configEtag },
    function: { name: released.name, version: released.version, codeSha256: released.codeSha256 },
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceipt(receipt, facts.receipt?.release ?? 0, context)).release
}

/** A deployment that ended badly leaves a receipt too; that it cannot be written must not hide why it failed. */
export async function recordFailure(facts: DeploymentFacts, error: unknown, context: TargetContext): Promise<void> {
  if (!(error instanceof DeployError) || error.code === 'Declined' || error.code === 'Refused') return
  try {
    const stack = await context.ports.stacks.describe(context.names.stack)
    if (stack === undefined || stackStates[stack.status].situation === 'unborn') return
    const receipt: Omit<Receipt, 'release'> = {
      ...(await commonPart(context)),
      outcome: 'failed',
      failure: error.message,
      inputs: facts.inputs,
      stack: { arn: stack.arn, changedAt: stack.changedAt },
    }
    await writeReceipt(receipt, facts.receipt?.release ?? 0, context)
  } catch (problem) {
    const text = problem instanceof Error ? problem.message : String(problem)
    context.report.emit({ type: 'warning', text: `the failed release could not be recorded: ${text}` })
  }
}

async function commonPart({
  ports,
  command,
  who,
  started,
  childEnv,
  projectFolder,
}: TargetContext): Promise<Pick<Receipt, 'format' | 'command' | 'at' | 'durationMs' | 'who' | 'commit'>> {
  const now = ports.clock.now()
  const git = { program: 'git', args: ['rev-parse', 'HEAD'], cwd: projectFolder, env: childEnv }
  const commit = await ports.shell.run(git).catch(() => undefined)
  return {
    format: 1,
    command,
    at: now.toISOString(),
    durationMs: now.getTime() - started.getTime(),
    who,
    ...(commit?.exitCode === 0 ? { commit: commit.output.trim() } : {}),
  }
}
