import { isItsOwn } from '../../core/resource-status.js'
import { isStateful } from '../../core/stateful.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { type Holding, countContents } from '../buckets/count-contents.js'
import { resourcesWithNested } from './nested-resources.js'

/** Without users and objects they are worth nothing of their own. */
const partsOfPool = ['AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolGroup']

/**
 * Throws Refused where the remains of a failed creation hold data, whatever their template would keep: before they are
 * deleted a person looks at them.
 */
export async function verifyNothingInside(stack: Stack, context: TargetContext): Promise<void> {
  const resources = await resourcesWithNested(stack.arn, context)
  const holding = resources.filter(
    ({ type, status }) => isStateful(type) && !partsOfPool.includes(type) && isItsOwn({ status }),
  )
  const counted = await Promise.all(
    holding.map(async (one) => ({ ...one, holds: await countContents(one.type, one.physicalId, context) })),
  )
  const full = counted.filter(({ holds }) => holds.kind !== 'empty')
  if (full.length === 0) return
  const types = full.map(({ type }) => type)
  throw new DeployError(
    'Refused',
    `the failed stack ${stack.name} (${stack.status}) is to be deleted, but it holds data: nothing was changed`,
    { facts: factsOfHoldings(full), hint: resolving(types, context) },
  )
}

/** One fact for each that is not empty: `Notes: AWS::DynamoDB::Table notes holds 3 items`. */
export function factsOfHoldings(
  counted: readonly (StackResource & { holds: Holding })[],
): { label: string; text: string }[] {
  return counted.flatMap(({ logicalId, type, physicalId = '', holds }) =>
    holds.kind === 'empty' ? [] : [{ label: logicalId, text: `${type} ${physicalId} holds ${holds.text}` }],
  )
}

const removing: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'rs-nuke-buckets',
  'AWS::Cognito::UserPool': 'rs-nuke-user-pool',
}

function resolving(types: readonly string[], { target }: TargetContext): string {
  const { env, org } = target
  const commands = [...new Set(types.flatMap((type) => removing[type] ?? []))]
  // There is no command that removes data in prod: there it is done by hand.
  if (env === 'prod' || commands.length === 0) return 'move that data elsewhere by hand, then the same command again'
  const typed = commands.map((command) => `make ${command} ENV=${env} ORG=${org}`)
  return `move that data elsewhere, or ${typed.join(', ')} if it may go; then the same command again`
}
