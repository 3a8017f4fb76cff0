import { canonicalJson } from '../../core/hash.js'
import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { type EarlierParameters, planEarlierParameters } from '../../core/rollback-parameters.js'
import { type Template, parseTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { StoredObject } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { type CodeFacts, gatherCodeFacts } from './code-facts.js'
import { earlierDigest } from './image-code.js'
import { configKey, configVersion, verifyNoSecrets } from '../config/target-config.js'
import type { TargetContext } from '../context.js'
import { isServing, namedGoal, previousGood, pruned } from './rollback-goal.js'
import { goneHint, keptTemplate } from '../stack/packaged-template.js'

/** All that a whole way back needs, found to be there before anything is changed. */
export interface WholeWay {
  facts: CodeFacts
  goal: Receipt
  /** The goal's packaged template. */
  text: string
  template: Template
  parameters: EarlierParameters
  /** The goal's configuration; undefined where it lies there, or the project uploads none. */
  config: string | undefined
  /** What lies there now. */
  present: StoredObject | undefined
  /** Whether every function serves the goal's code. */
  codeServes: boolean
}

/** Reads everything and changes nothing. Throws StackState with what of the goal is not kept. */
export async function readWholeWay(release: number | undefined, step: Step, context: TargetContext): Promise<WholeWay> {
  const facts = await gatherCodeFacts(step, context)
  const { stack } = facts
  const goal = release === undefined ? await previousWhole(facts, context) : await namedGoal(release, stack, context)
  if (goal.packaged === undefined) throw withoutTemplate(goal, context)
  const text = await keptTemplate(goal.packaged, context)
  const template = parseTemplate(text, `the template of release ${goal.release}`)
  const { parameters: recorded } = goal.inputs
  const { target, project } = context
  const parameters = planEarlierParameters({
    target,
    template,
    names: project.parameters,
    recorded,
    stack: stack.parameters,
  })
  const [{ config, present }] = await Promise.all([
    earlierConfig(goal, context),
    verifyArtifacts(goal, context),
    verifyVersions(goal, facts, context),
  ])
  step.say(`back to release ${goal.release}${config === undefined ? '' : ', with its configuration'}`)
  return { facts, goal, text, template, parameters, config, present, codeServes: servesCodeOf(goal, facts) }
}

/** Where a run that failed or was cut off left the stack or a version: the last good release. Else one before it. */
async function previousWhole(facts: CodeFacts, context: TargetContext): Promise<Receipt> {
  const { live, stack } = facts
  const is = contentOf(live)
  const astray = live.stack.changedAt !== stack.changedAt || !servesCodeOf(live, facts)
  return previousGood(facts, astray, (receipt) => contentOf(receipt) !== is, context)
}

/** What a release was made of, to tell it from another. */
function contentOf(receipt: Receipt): string {
  const { packaged, config, inputs } = receipt
  const code = Object.fromEntries(releasedFunctions(receipt).map(({ name, codeSha256 }) => [name, codeSha256]))
  return canonicalJson({ packaged, config: config?.etag, parameters: inputs.parameters, code })
}

function servesCodeOf(goal: Receipt, { functions }: CodeFacts): boolean {
  const released = releasedFunctions(goal)
  return functions.every((standing) => {
    const one = released.find(({ name }) => name === standing.name)
    if (one === undefined || standing.fn.alias === undefined) return true
    const proved = standing.good !== undefined && isServing(standing, standing.good)
    return isServing(standing, one.version) || (proved && standing.liveSha256 === one.codeSha256)
  })
}

function withoutTemplate({ release, commit }: Receipt, { target }: TargetContext): DeployError {
  const place = `ENV=${target.env} ORG=${target.org}`
  const out = commit === undefined ? 'its commit' : commit.slice(0, 8)
  return new DeployError(
    'StackState',
    `the receipt of release ${release} is of an older tool, which did not keep the packaged template`,
    {
      hint: `make rs-rollback ${place} RELEASE=${release} takes the code back; or check ${out} out and make rs-deploy ${place}`,
    },
  )
}

/** The goal's configuration, by its version in the bucket. */
async function earlierConfig(
  { release, config }: Receipt,
  context: TargetContext,
): Promise<Pick<WholeWay, 'config' | 'present'>> {
  const { ports, names } = context
  if (config === undefined || !names.bucketKeys.includes('lambda')) return { config: undefined, present: undefined }
  const bucket = names.buckets.lambda
  const present = await ports.buckets.read(bucket, configKey)
  if (present?.etag === config.etag) return { config: undefined, present }
  const kept =
    config.versionId === undefined ? undefined : await ports.buckets.readVersion(bucket, configKey, config.versionId)
  if (kept === undefined) {
    throw new DeployError('StackState', `the configuration of release ${release} is not kept in ${bucket} any more`, {
      hint: 'take a later release; or check its commit out and make rs-deploy',
    })
  }
  verifyNoSecrets(kept, context, configVersion(bucket, config.versionId ?? ''))
  return { config: kept.text, present }
}

/** Code and layers that CloudFormation would look for in vain, half way through an update. */
async function verifyArtifacts({ release, artifacts }: Receipt, { ports, names }: TargetContext): Promise<void> {
  const prefix = `s3://${names.deploymentsBucket}/`
  const ours = Object.entries(artifacts ?? {}).filter(([, address]) => address.startsWith(prefix))
  const gone = await Promise.all(
    ours.map(async ([logicalId, address]) => {
      const key = address.slice(prefix.length).replace(/\?versionId=.*$/, '')
      return (await ports.buckets.etag(names.deploymentsBucket, key)) === undefined ? [{ logicalId, address }] : []
    }),
  )
  const [first] = gone.flat()
  if (first === undefined) return
  throw new DeployError('StackState', `${first.logicalId} of release ${release} is gone: ${first.address}`, {
    hint: goneHint,
  })
}

/** Of a function that stands, the goal's version is where its code is taken from, if the template brings another. */
async function verifyVersions(goal: Receipt, { functions }: CodeFacts, context: TargetContext): Promise<void> {
  const released = releasedFunctions(goal)
  await Promise.all(
    functions.map(async (standing) => {
      const one = released.find(({ name }) => name === standing.name)
      if (one === undefined || standing.fn.alias === undefined || isServing(standing, one.version)) return
      if ((await context.ports.functions.state(standing.name, one.version)) === undefined)
        throw pruned(standing, one.version)
      if (standing.fn.packageType === 'Image') earlierDigest(standing.logicalId, one, context)
    }),
  )
}
