import { httpApiEvent, proxyEvent } from './api-paths.js'
import type { Template } from './template.js'

/** The alias that only this tool moves. */
export const liveAlias = 'live'

/** How a version is tried before any request reaches it. */
export interface DirectCheck {
  event: string
  /** `health`: the answer must be a healthy one; `event`: it must only not crash. */
  expects: 'health' | 'event'
}

/** A function as a processed template declares it. */
export interface DeclaredFunction {
  logicalId: string
  packageType: 'Zip' | 'Image'
  /** Undefined: requests reach $LATEST. `stack`: SAM's AutoPublishAlias, which moves with each stack update. */
  alias: { logicalId: string; name: string | undefined; movedBy: 'tool' | 'stack' } | undefined
  /** Undefined: calling it could do something, so it is not called. */
  check: DirectCheck | undefined
}

export interface HealthQuestion {
  path: string
  stage: string
}

type Resource = Template['Resources'][string]

/**
 * The functions of a processed template. A health event goes only to a function that says so (Metadata.HealthEvent) or
 * that an API's own definition sends `path` to: calling any other could do something.
 */
export function declaredFunctions(template: Template, question: HealthQuestion): DeclaredFunction[] {
  const resources = Object.entries(template.Resources)
  return resources.flatMap(([logicalId, resource]): DeclaredFunction[] => {
    if (resource.Type !== 'AWS::Lambda::Function') return []
    const aliases = resources.filter(
      ([, one]) => one.Type === 'AWS::Lambda::Alias' && referencesIn(one.Properties?.['FunctionName']).has(logicalId),
    )
    const alias = aliases.find(([, one]) => one.Properties?.['Name'] === liveAlias) ?? aliases[0]
    const ids = new Set([logicalId, ...aliases.map(([id]) => id)])
    return [
      {
        logicalId,
        packageType: resource.Properties?.['PackageType'] === 'Image' ? 'Image' : 'Zip',
        alias: alias && describeAlias(alias),
        check: ownEvent(resource) ?? healthEvent(template, ids, question),
      },
    ]
  })
}

function describeAlias([logicalId, { Properties }]: [string, Resource]): DeclaredFunction['alias'] {
  const name = Properties?.['Name']
  const fixed = typeof Properties?.['FunctionVersion'] === 'string'
  return { logicalId, name: typeof name === 'string' ? name : undefined, movedBy: fixed ? 'tool' : 'stack' }
}

function ownEvent({ Metadata }: Resource): DirectCheck | undefined {
  const event = Metadata?.['HealthEvent']
  return event === undefined ? undefined : { event: JSON.stringify(event), expects: 'event' }
}

/** The event of `path`, where an API's definition sends it to one of `ids` (the function or its aliases). */
function healthEvent(
  template: Template,
  ids: ReadonlySet<string>,
  { path, stage }: HealthQuestion,
): DirectCheck | undefined {
  for (const { Type, Properties } of Object.values(template.Resources)) {
    const rest = Type === 'AWS::ApiGateway::RestApi'
    if (!rest && Type !== 'AWS::ApiGatewayV2::Api') continue
    const body = Properties?.['Body'] as { paths?: Record<string, unknown> } | undefined
    const paths = Object.entries(body?.paths ?? {})
    const route = paths.find(([one]) => one === path) ?? paths.find(([one]) => takesAnything(one))
    if (route === undefined || ![...referencesIn(route[1])].some((id) => ids.has(id))) continue
    return { event: rest ? proxyEvent(path, stage) : httpApiEvent(path, stage), expects: 'health' }
  }
  return undefined
}

function takesAnything(route: string): boolean {
  return route === '$default' || /^\/\{\w+\+\}$/.test(route)
}

/** Every logical id that a value refers to: Ref, Fn::GetAtt, and ${…} in Fn::Sub. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>()
  const visit = (inner: unknown): void => {
    if (Array.isArray(inner)) return inner.forEach(visit)
    if (inner === null || typeof inner !== 'object') return
    for (const [key, argument] of Object.entries(inner)) {
      const first: unknown = Array.isArray(argument) ? argument[0] : argument
      if (key === 'Ref' && typeof argument === 'string') found.add(argument)
      else if (key === 'Fn::GetAtt' && typeof first === 'string') found.add(first.split('.')[0] ?? '')
      else if (key === 'Fn::Sub' && typeof first === 'string') {
        for (const match of first.matchAll(/\$\{([^!}.]+)(?:\.[^}]*)?\}/g)) found.add(match[1] ?? '')
      }
      visit(argument)
    }
  }
  visit(value)
  return found
}
