import pMap from 'p-map'
import { addressesOf } from '../../core/addresses.js'
import { parseConfig } from '../../core/config-file.js'
import { type StackValues, lambdaValues, replacedOfAws, syncFile, webappValues } from '../../core/config-sync.js'
import type { EntryChange } from '../../core/input-changes.js'
import { isSet } from '../../core/inputs.js'
import { namesOf } from '../../core/names.js'
import { situationOf } from '../../core/stack-state.js'
import type { Target } from '../../core/target.js'
import { DeployError, messageOf } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { CloudContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'

const targetsAtOnce = 8

/** What a file lacks, or lacked, of its stack's values. */
export interface SyncedFile {
  file: string
  created: boolean
  changes: EntryChange[]
}

export type SyncOutcome =
  { org: string; kind: 'synced'; files: SyncedFile[] } | { org: string; kind: 'failed'; error: DeployError }

/** Brings the configuration files of every target to what its stack says; one that fails stops no other. */
export async function syncConfigs(targets: readonly Target[], context: CloudContext): Promise<SyncOutcome[]> {
  const sync = async (target: Target): Promise<SyncOutcome> => {
    try {
      return { org: target.org, kind: 'synced', files: await syncTarget(target, context) }
    } catch (error) {
      if (targets.length === 1) throw error
      return { org: target.org, kind: 'failed', error: told(error, target) }
    }
  }
  return pMap(targets, sync, { concurrency: targetsAtOnce, signal: context.signal })
}

/** What is no answer of ours stops only its own organization, too. */
function told(error: unknown, { env, org }: Target): DeployError {
  if (error instanceof DeployError) return error
  const message = messageOf(error)
  return new DeployError('AwsFailed', message, { hint: `make sync-configs ENV=${env} ORG=${org}`, cause: error })
}

/** A file that is not what the stack says, and what it would become. */
export interface FilePlan {
  file: string
  was: string | undefined
  text: string
  changes: EntryChange[]
  /** Paths of the values of AWS that it would lose to those of an emulator. */
  ofAws: string[]
}

/** Writes both files of a target, unless CHECK=true or nothing differs. Throws NotDeployed, Usage or Refused. */
async function syncTarget(target: Target, context: CloudContext): Promise<SyncedFile[]> {
  const { ports, inputs, cloud, project } = context
  const names = namesOf(target, cloud.account, project)
  const { plans, foreign } = await planFiles(await deployedStack({ ...context, target, names }), target, context)
  const synced = plans.map(({ file, was, changes }) => ({ file, created: was === undefined, changes }))
  if (isSet(inputs, 'CHECK')) return synced
  if (foreign && !isSet(inputs, 'OVERWRITE')) {
    const where = `ENV=${target.env} ORG=${target.org}`
    throw new DeployError(
      'Refused',
      `the files of ${target.env}/${target.org} would lose values that are not of this local AWS`,
      {
        facts: plans.flatMap(({ file, ofAws }) =>
          ofAws.length === 0 ? [] : [{ label: file, text: ofAws.join(', ') }],
        ),
        hint: `make sync-configs ${where} CLOUD=aws, or make sync-configs ${where} OVERWRITE=true to replace them`,
      },
    )
  }
  for (const { file, text } of plans) await ports.files.write(file, text)
  return synced
}

/** What would be written so that the files say what the stack says; `foreign` where AWS's values would go for an emulator's. */
export async function planFiles(
  stack: Stack,
  target: Target,
  context: CloudContext,
): Promise<{ plans: FilePlan[]; foreign: boolean }> {
  const { ports, cloud } = context
  const values = stackValues(stack, target, context)
  const [webapp, lambda] = await Promise.all(
    [webappValues(values), lambdaValues(values)].map(async (wanted, i): Promise<FilePlan> => {
      const file = `infra/.config/${i === 0 ? 'webapp' : 'lambda'}/${target.env}-${target.org}.json`
      const was = await ports.files.readText(file)
      if (was !== undefined) parseConfig(was, file)
      const ofAws = cloud.kind === 'aws' ? [] : replacedOfAws(was, wanted)
      return { file, was, ...syncFile(was, wanted), ofAws }
    }),
  )
  const plans = [webapp, lambda].flatMap((one) => (one !== undefined && one.changes.length > 0 ? [one] : []))
  return { plans, foreign: plans.some(({ ofAws }) => ofAws.length > 0) }
}

function stackValues(stack: Stack, target: Target, { cloud, project }: CloudContext): StackValues {
  const names = namesOf(target, cloud.account, project)
  if (situationOf(stack.status) !== 'healthy') {
    throw new DeployError('StackState', `${stack.name} is ${stack.status}: its outputs are not to be relied on`, {
      hint: `make check-rs ENV=${target.env} ORG=${target.org}`,
    })
  }
  return {
    api: addressesOf(stack.outputs, names.apiStage, cloud).api,
    userPoolId: stack.outputs['CognitoUserPoolId'],
    clientId: stack.outputs['CognitoClientId'],
    region: cloud.region,
  }
}
