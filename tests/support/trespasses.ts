import { type Trespass, findTrespasses } from '../../scripts/core/isolation.js'
import { namesOf } from '../../scripts/core/names.js'
import { ownProject } from '../../scripts/core/project.js'
import type { Template } from '../../scripts/core/template.js'
import { neighboursOf } from '../../scripts/core/wide-policies.js'

export const account = '123456789012'
export const target = { env: 'dev', org: 'myorg' } as const
export const names = namesOf(target, account, ownProject)

/** What the isolation proof finds in a template of dev/myorg. */
export function trespasses(template: Template, parameters: Record<string, string> = {}): Trespass[] {
  return findTrespasses(target, names, neighboursOf(target, account, ownProject), {
    template,
    parameters: { Environment: 'dev', Organization: 'myorg', ...parameters },
    account,
    region: 'eu-west-1',
    stackName: names.stack,
  })
}

/** A template of one resource. */
export function only(Type: string, Properties: Record<string, unknown>): Template {
  return { Resources: { It: { Type, Properties } } }
}
