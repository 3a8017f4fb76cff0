import { type TemplateBucket, bucketsOf, planAdoption } from '../../core/bucket-adoption.js'
import { type Contents, counted, describeContents } from '../../core/contents.js'
import { isThere } from '../../core/resource-status.js'
import { actionOf, stackStates } from '../../core/stack-state.js'
import { type Template, parseTemplate } from '../../core/template.js'
import { templateFile } from '../../core/saved-files.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { bucketPresence } from '../deploy/deployment-facts.js'
import { measureContents } from '../take-down/empty-bucket.js'
import { refusal } from '../stack/settle-stack.js'
import { surroundingsOf } from '../stack/stack-changes.js'

export interface AdoptedBucket extends TemplateBucket {
  contents: Contents
}

/** What is there to be taken over by a stack, and by which. */
export interface Adoptable {
  /** Undefined: the import makes the stack. */
  stack: Stack | undefined
  buckets: AdoptedBucket[]
  /** Names of buckets that do not exist: the next deployment creates them. */
  missing: string[]
}

/** Finds and counts what a stack can take over. Throws Refused or StackState where it must not. */
export async function findAdoptable(step: Step, context: TargetContext): Promise<Adoptable> {
  const { ports } = context
  const [stack, template, presence] = await Promise.all([
    importableStack(context),
    sourceTemplate(context),
    bucketPresence(context),
  ])
  const resources = stack === undefined ? [] : await ports.stacks.resources(stack.arn)
  const alive = resources.filter(isThere)
  const { adopted, missing } = planAdoption({
    names: context.names,
    presence,
    template,
    buckets: bucketsOf(surroundingsOf(template, knownParameters(template, context), context.names.stack, context)),
    held: new Map(alive.map(({ logicalId, physicalId }) => [logicalId, physicalId] as const)),
  })
  const buckets: AdoptedBucket[] = []
  for (const bucket of adopted) {
    const contents = await measureContents(bucket.name, '', context)
    step.line('added', `${bucket.name}  ${describeContents(contents)}`)
    buckets.push({ ...bucket, contents })
  }
  if (buckets.length > 0)
    for (const name of missing) step.line('plain', `${name} is missing: the next rs-deploy makes it`)
  step.say(buckets.length === 0 ? 'no bucket of it exists outside the stack' : counted(buckets.length, 'bucket'))
  return { stack, buckets, missing }
}

/** The stack that takes buckets over; undefined where the import makes one. Throws StackState where it cannot take them. */
async function importableStack(context: TargetContext): Promise<Stack | undefined> {
  const { ports, names, target } = context
  const stack = await ports.stacks.describe(names.stack)
  const action = actionOf('rs-deploy', stack?.status)
  if (stack === undefined || action === 'create') return undefined
  if (action === 'proceed') return stack
  if (action === 'refuse') throw await refusal(stack, context)
  const { env, org } = target
  const way = action === 'wait' ? 'rs-attach' : 'rs-teardown'
  throw new DeployError('StackState', `the stack ${stack.name} is ${stackStates[stack.status].meaning}`, {
    hint: `make ${way} ENV=${env} ORG=${org}, then the same command again`,
  })
}

async function sourceTemplate({ ports }: TargetContext): Promise<Template> {
  const file = templateFile
  const text = await ports.files.readText(file)
  if (text !== undefined) return parseTemplate(text, file)
  throw new DeployError('Usage', `${file} is missing: it says what the stack calls its buckets`, {
    hint: 'run it in the folder of the project',
  })
}

/** With the template's defaults: of names only environment and organization matter. */
function knownParameters(template: Template, { target, project }: TargetContext): Record<string, string> {
  const { Environment = 'Environment', Organization = 'Organization' } = project.parameters
  const defaults = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, String(Default ?? '')])
  return {
    ...(Object.fromEntries(defaults) as Record<string, string>),
    [Environment]: target.env,
    [Organization]: target.org,
  }
}
