import { addressesOf } from '../core/addresses.js'
import { DeployError } from '../errors.js'
import type { ChangeSet, Stack } from '../ports.js'
import { ensureAdmin } from './admin-user.js'
import { type BuildRecord, requireBuild } from './build-record.js'
import { buildTarget } from './build-target.js'
import { executeChangeSet, prepareChangeSet, showChanges } from './change-set.js'
import { confirmDeployment } from './confirm.js'
import type { TargetContext } from './context.js'
import { type DeploymentFacts, gatherFacts } from './deployment-facts.js'
import { prepareAccount } from './prepare-account.js'
import { protectStack } from './protect-stack.js'
import { type LiveFacts, recordFailure, recordRelease } from './record-release.js'
import { releaseCode } from './release-code.js'
import { settleStack } from './settle-stack.js'
import { uploadConfig } from './target-config.js'
import { countSops, probeHealth, verifyAccess } from './verify-live.js'

export interface DeployOptions {
  /** rs-deploy builds first, rs-deploy-only takes the build that is there. */
  build: 'fresh' | 'existing'
  force: boolean
}

export type DeployOutcome =
  | { kind: 'unchanged'; stack: Stack; release: number; admin: string | undefined }
  | { kind: 'deployed'; stack: Stack; release: number; admin: string | undefined; health: LiveFacts['health'] }

/** Brings one target to what the sources, the configuration and the parameters say, and proves that it is there. */
export async function deploy(options: DeployOptions, context: TargetContext): Promise<DeployOutcome> {
  const { report } = context
  const facts = await report.step('Check', async (step) => {
    const found = await gatherFacts(context)
    if (options.build === 'existing') await requireBuild(found.place, context)
    const reasons = options.force ? ['FORCE=true'] : found.reasons
    step.say(reasons.length === 0 ? 'nothing changed since the last release' : reasons.join(', '))
    return { ...found, reasons }
  })
  if (facts.reasons.length === 0 && facts.stack !== undefined && facts.receipt !== undefined) {
    await skipRest(options, context)
    await verify(facts.stack, facts.receipt.function?.version ?? '', context)
    await ensureAdministrator(facts, facts.stack, context)
    return { kind: 'unchanged', stack: facts.stack, release: facts.receipt.release, admin: facts.admin?.email }
  }
  const build = await report.step('Build', (step) =>
    options.build === 'fresh'
      ? buildTarget(facts.sources, facts.place, options.force, step, context)
      : takeBuild(facts, step, context),
  )
  await report.step('Account', (step) => prepareAccount(step, context))
  try {
    const live = await makeLive(build, facts, context)
    const release = await recordRelease(facts, live, context)
    return { kind: 'deployed', stack: live.stack, release, admin: facts.admin?.email, health: live.health }
  } catch (error) {
    await recordFailure(facts, error, context)
    throw error
  }
}

async function makeLive(build: BuildRecord, facts: DeploymentFacts, context: TargetContext): Promise<LiveFacts> {
  const { report } = context
  const before = await report.step('Stack', (step) => settleStack(step, context))
  const early =
    before === undefined ? undefined : await report.step('Config', (step) => uploadConfig(facts.config, step, context))
  const changed = await changeStack(build, facts, before, context)
  const configEtag = early ?? (await report.step('Config', (step) => uploadConfig(facts.config, step, context)))
  const stack = await report.step('Protect', (step) => protectStack(changed, step, context))
  const released = await report.step('Release', (step) =>
    releaseCode(`ENV=${context.target.env} ORG=${context.target.org}`, step, context),
  )
  const health = await verify(stack, released.version, context)
  const token = await ensureAdministrator(facts, stack, context)
  await verifySops(stack, token, context)
  return { stack, configEtag, released, health }
}

async function changeStack(
  build: BuildRecord,
  facts: DeploymentFacts,
  before: Stack | undefined,
  context: TargetContext,
): Promise<Stack> {
  const { report } = context
  const set = await report.step('Change set', async (step) => {
    const prepared = await prepareChangeSet(build, facts.parameters, step, context)
    if (prepared !== undefined) showChanges(prepared, step)
    return prepared
  })
  if (set === undefined) return before ?? missingStack(context)
  await confirmOrDrop(set, context)
  return report.step('Deploy', (step) => executeChangeSet(set, facts.sources.templateText, step, context))
}

/** What is not confirmed leaves nothing behind. */
async function confirmOrDrop(set: ChangeSet, context: TargetContext): Promise<void> {
  try {
    await confirmDeployment(context)
  } catch (error) {
    await context.ports.stacks.deleteChangeSet(set.arn)
    throw error
  }
}

function missingStack({ names }: TargetContext): never {
  throw new DeployError('StackState', `the stack ${names.stack} does not exist, and nothing would be created`, {
    hint: 'template.yaml must hold at least one resource',
  })
}

async function takeBuild(
  facts: DeploymentFacts,
  step: Parameters<Parameters<TargetContext['report']['step']>[1]>[0],
  context: TargetContext,
): Promise<BuildRecord> {
  const record = await requireBuild(facts.place, context)
  const same = record.template === facts.sources.templateHash && record.code === facts.sources.codeHash
  step.skip(
    `the build of ${record.builtAt.slice(0, 16).replace('T', ' ')}${same ? '' : '; the sources have changed since'}`,
  )
  return record
}

async function skipRest(options: DeployOptions, { report }: TargetContext): Promise<void> {
  const titles = options.build === 'fresh' ? ['Build', 'Deploy'] : ['Deploy']
  for (const title of titles) await report.step(title, async (step) => step.skip('nothing changed'))
}

async function verify(stack: Stack, version: string, context: TargetContext): Promise<LiveFacts['health']> {
  return context.report.step('Verify', async (step) => {
    const { api } = addressesOf(stack.outputs, context.names.apiStage, context.cloud)
    if (api === undefined) {
      step.skip('the stack has no output ApiEndpoint')
      return undefined
    }
    const health = await probeHealth(api, version, step, context)
    const authOn = stack.parameters['EnableAuth'] === 'true'
    await verifyAccess(api, authOn, context)
    step.say(
      `healthy, answered by version ${version}; ${authOn ? 'guarded paths refuse without a token' : 'auth is off, every path is open'}`,
    )
    return health
  })
}

async function verifySops(stack: Stack, token: string | undefined, context: TargetContext): Promise<void> {
  await context.report.step('SOPs', async (step) => {
    const { api } = addressesOf(stack.outputs, context.names.apiStage, context.cloud)
    const authOn = stack.parameters['EnableAuth'] === 'true'
    if (api === undefined || (authOn && token === undefined)) {
      step.skip('asked only with a sign-in: ADMIN_USERNAME and ADMIN_PASSWORD')
      return
    }
    step.say(`found ${await countSops(api, token, context)} SOPs`)
  })
}

async function ensureAdministrator(
  { admin }: DeploymentFacts,
  stack: Stack,
  context: TargetContext,
): Promise<string | undefined> {
  if (admin === undefined) return undefined
  return context.report.step('Admin', async (step) => {
    const poolId = stack.outputs['CognitoUserPoolId'] ?? ''
    const clientId = stack.outputs['CognitoClientId'] ?? ''
    if (poolId !== '' && clientId !== '') return ensureAdmin(admin, { poolId, clientId }, step, context)
    step.skip('the stack has no user pool (ENABLE_AUTH=true makes one)')
    return undefined
  })
}
