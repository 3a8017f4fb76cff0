import { type DirectCheck, declaredFunctions } from '../../core/functions.js'
import { isThere } from '../../core/resource-status.js'
import { parseTemplate } from '../../core/template.js'
import type { StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { healthPathOf } from './health-gate.js'

/**
 * Half a second of each passes in waiting, so more than the 15 calls a second that Lambda takes for an account and region
 * ("Lambda quotas", control plane API requests) can be under way; the adaptive retries of the SDK hold the rate.
 */
export const functionsAtOnce = 32

/** A function that stands, as template and stack together tell of it. */
export interface TargetFunction {
  /** As the template names it; `Nested/Inner` in a nested stack. */
  logicalId: string
  name: string
  packageType: 'Zip' | 'Image'
  /** The alias that requests come through; undefined: they reach $LATEST. */
  alias: string | undefined
  /** Whether CloudFormation moves the alias with each update (SAM's AutoPublishAlias). */
  movedByStack: boolean
  check: DirectCheck | undefined
}

/** Every function of the stack and of the stacks nested in it. */
export async function targetFunctions(stackArn: string, context: TargetContext): Promise<TargetFunction[]> {
  return functionsBelow(stackArn, '', context)
}

async function functionsBelow(stackArn: string, prefix: string, context: TargetContext): Promise<TargetFunction[]> {
  const { ports, names } = context
  const [text, resources] = await Promise.all([ports.stacks.template(stackArn), ports.stacks.resources(stackArn)])
  const standing = new Map(resources.filter(isStanding).map((one) => [one.logicalId, one] as const))
  const question = { path: healthPathOf(context), stage: names.apiStage }
  const declared = declaredFunctions(parseTemplate(text, `the template of ${stackArn}`), question)
  const own = declared.flatMap(({ logicalId, packageType, alias, check }): TargetFunction[] => {
    const name = standing.get(logicalId)?.physicalId
    if (name === undefined) return []
    const through = alias && standing.get(alias.logicalId)
    return [
      {
        logicalId: `${prefix}${logicalId}`,
        name,
        packageType,
        // The physical id of an alias is its ARN, which ends with its name.
        alias: through && (alias.name ?? through.physicalId?.split(':').at(-1)),
        movedByStack: alias?.movedBy === 'stack',
        check,
      },
    ]
  })
  const nested = [...standing.values()].filter(({ type }) => type === 'AWS::CloudFormation::Stack')
  const below = nested.map((one) => functionsBelow(one.physicalId ?? '', `${prefix}${one.logicalId}/`, context))
  return [...own, ...(await Promise.all(below)).flat()]
}

function isStanding({ physicalId, status }: StackResource): boolean {
  return physicalId !== undefined && physicalId !== '' && isThere({ status })
}
