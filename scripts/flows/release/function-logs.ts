import { readableLines } from '../../core/log-event.js'
import { type Template, parseTemplate } from '../../core/template.js'
import { templateFile } from '../../core/saved-files.js'
import type { StackEvent } from '../../ports.js'
import type { CloudContext } from '../context.js'
import { messageOf } from '../../errors.js'

const mostLines = 20
/** Lambda writes several lines of its own around every call: so many are read for the few that are shown. */
const readLines = 60

/** The newest lines of a function's log since then, Lambda's own among them. */
export function readFunctionLog(name: string, since: Date, { ports }: Pick<CloudContext, 'ports'>): Promise<string[]> {
  return ports.logs.lastLines(`/aws/lambda/${name}`, since, readLines)
}

/** A resource's event with the stack that it happened in. */
export interface FailedResource extends StackEvent {
  stackArn: string
  /** Logical ids of the nested stacks that lead to that stack. */
  path: string[]
}

export interface Surroundings {
  events: readonly FailedResource[]
  /** The project's template, for resources of the outermost stack. */
  templateText: string | undefined
  since: Date
}

/**
 * The last lines that the function behind a resource wrote: the function itself, or the one that makes a custom
 * resource. None where there is no such function. That they cannot be read must not hide the cause.
 */
export async function logBehind(
  failed: FailedResource,
  surroundings: Surroundings,
  context: CloudContext,
): Promise<string[]> {
  try {
    const name = await functionBehind(failed, surroundings, context)
    if (name === undefined) return []
    return readableLines(await readFunctionLog(name, surroundings.since, context), mostLines)
  } catch (error) {
    return [`the log could not be read: ${messageOf(error)}`]
  }
}

async function functionBehind(
  failed: FailedResource,
  surroundings: Surroundings,
  context: CloudContext,
): Promise<string | undefined> {
  if (failed.type === 'AWS::Lambda::Function') return failed.physicalId
  if (!failed.type.startsWith('Custom::') && failed.type !== 'AWS::CloudFormation::CustomResource') return undefined
  const token = await serviceToken(failed, surroundings, context)
  if (typeof token === 'string') return functionOfArn(token)
  const named = referenceOf(token)
  if (named === undefined) return undefined
  const physicalId = await physicalIdOf(named, failed, surroundings, context)
  if (physicalId !== undefined) return functionOfArn(physicalId) ?? physicalId
  const stack = await context.ports.stacks.describe(failed.stackArn)
  return functionOfArn(stack?.parameters[named] ?? '')
}

/** A failed update has the template of before by now: what was deployed is asked first. */
async function serviceToken(
  { stackArn, path, logicalId }: FailedResource,
  { templateText }: Surroundings,
  { ports }: CloudContext,
): Promise<unknown> {
  const tokenIn = (template: Template): unknown => template.Resources[logicalId]?.Properties?.['ServiceToken']
  const own =
    path.length === 0 && templateText !== undefined ? tokenIn(parseTemplate(templateText, templateFile)) : undefined
  return own ?? tokenIn(parseTemplate(await ports.stacks.template(stackArn), 'the processed template'))
}

/** `arn:aws:lambda:eu-west-1:123456789012:function:name:live` → `name`. */
function functionOfArn(arn: string): string | undefined {
  return /:function:([^:]+)/.exec(arn)?.[1]
}

/** The logical id or parameter that a Ref or an Arn attribute names. */
function referenceOf(token: unknown): string | undefined {
  if (token === null || typeof token !== 'object') return undefined
  const { Ref: reference, 'Fn::GetAtt': attribute } = token as Record<string, unknown>
  if (typeof reference === 'string') return reference
  if (typeof attribute === 'string') return attribute.split('.')[0]
  return Array.isArray(attribute) && typeof attribute[0] === 'string' ? attribute[0] : undefined
}

async function physicalIdOf(
  logicalId: string,
  { stackArn }: FailedResource,
  { events }: Surroundings,
  { ports }: CloudContext,
): Promise<string | undefined> {
  const told = events.find(
    (event) => event.stackArn === stackArn && event.logicalId === logicalId && event.physicalId !== undefined,
  )
  if (told !== undefined) return told.physicalId
  const resources = await ports.stacks.resources(stackArn)
  return resources.find((resource) => resource.logicalId === logicalId)?.physicalId
}
