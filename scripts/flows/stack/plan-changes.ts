import { ourParameters } from '../../core/project.js'
import type { RatedChange } from '../../core/change-risk.js'
import { isSecretParameter } from '../../core/input-changes.js'
import { type ParameterValue, parameterRecord } from '../../core/parameters.js'
import { planLines } from '../../core/plan-lines.js'
import { masked } from '../../core/property-values.js'
import type { Template } from '../../core/template.js'
import type { ChangeSet, Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { BuildRecord } from '../build/build-record.js'
import { prepareChangeSet } from './change-set.js'
import { confirmDeployment, confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { dropPlan } from './drop-change-sets.js'
import { type Loss, type Verdict, confirmLosses, judgeChanges } from './judge-changes.js'
import { messageOf } from '../../errors.js'

/** A change set that was read and found harmless; without `set` CloudFormation finds nothing to change. */
export interface PlannedChanges {
  set: ChangeSet | undefined
  rated: RatedChange[]
  /** What goes because ALLOW_DATA_LOSS names it. */
  losses: Loss[]
  /** What is no longer kept because ALLOW_DATA_LOSS names it. */
  unprotected: string[]
}

/** What a deployment is made of. */
export interface Deployable {
  /** Has the change set made; undefined when CloudFormation finds nothing to change. */
  make: (step: Step, context: TargetContext) => Promise<ChangeSet | undefined>
  parameters: readonly ParameterValue[]
  /** The template, which says what of the parameters is secret. */
  template: Template
}

/** A build as it is deployed. */
export function deployableOf(
  build: BuildRecord,
  { parameters, sources }: { parameters: readonly ParameterValue[]; sources: { template: Template } },
): Deployable {
  const make: Deployable['make'] = (step, context) => prepareChangeSet(build, parameters, step, context)
  return { make, parameters, template: sources.template }
}

/** Has the change set made, reads it, and shows it, what is dangerous first. One that is refused leaves nothing behind. */
export async function planChanges(
  deployable: Deployable,
  before: Stack | undefined,
  context: TargetContext,
): Promise<PlannedChanges> {
  return orDrop(context, () =>
    context.report.step('Change set', async (step) => {
      for (const line of changedParameters(deployable, before)) step.line('plain', line)
      const { set, verdict } = await readPlan(deployable, before, step, context)
      // A first deployment is nothing but additions, of which the number says enough.
      if (verdict.rated.some(({ class: kind }) => kind !== 'additive')) {
        for (const { mark, text, depth } of planLines(verdict.rated, 'short')) step.line(mark, text, depth)
      }
      if (verdict.refusal !== undefined) throw verdict.refusal
      return { set, rated: verdict.rated, losses: verdict.losses, unprotected: verdict.unprotected }
    }),
  )
}

/** Has the change set made and judges it; without a set there is nothing to judge. */
export async function readPlan(
  { make, parameters }: Deployable,
  before: Stack | undefined,
  step: Step,
  context: TargetContext,
): Promise<{ set: ChangeSet | undefined; verdict: Verdict }> {
  const set = await make(step, context)
  if (set === undefined) return { set, verdict: { rated: [], losses: [], unprotected: [], refusal: undefined } }
  return { set, verdict: await judgeChanges(set, parameters, before, context) }
}

/** Each parameter that will have another value than it has, and where the value comes from. */
function changedParameters({ parameters, template }: Deployable, before: Stack | undefined): string[] {
  return parameters.flatMap((parameter) => {
    const was = before?.parameters[parameter.name]
    if (was === parameter.value || (before === undefined && parameter.value === '')) return []
    return [describeParameter(parameter, before, template)]
  })
}

/** `EnableAuth=false  given, was true`. */
export function describeParameter(
  { name, value, from }: ParameterValue,
  before: Stack | undefined,
  template: Template,
): string {
  const was = before?.parameters[name]
  const origin = {
    target: 'from ENV and ORG',
    given: 'given',
    stack: 'as it is',
    default: 'default',
    decided: 'by what exists',
    place: 'from infra/environments.json',
    release: 'as that release had it',
    kept: 'secret, as it is',
  }[from]
  const shown = (text: string): string => (text !== '' && isSecretParameter(name, template) ? masked : text)
  const change = was === undefined || was === value ? '' : `, was ${was === '' ? 'empty' : shown(was)}`
  return `${name}=${shown(value)}  ${origin}${change}`
}

/** In prod everything is confirmed before the first write. */
export async function confirmChanges(
  changes: PlannedChanges,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<void> {
  await orDrop(context, async () => {
    const opens = await confirmGrave(changes, parameters, before?.parameters, context)
    if (!opens) await confirmDeployment(context)
  })
}

/** What is typed in prod, whatever YES says: data that goes, and the opening of the API, of which it tells whether it was. */
export async function confirmGrave(
  changes: Pick<Verdict, 'losses' | 'unprotected'>,
  parameters: readonly ParameterValue[],
  before: Readonly<Record<string, string>> | undefined,
  context: TargetContext,
): Promise<boolean> {
  const opened = (values: Readonly<Record<string, string>> = {}): boolean =>
    ourParameters(values, context.project)['EnableAuth'] === 'false'
  await confirmLosses(changes, context)
  const known = context.typed?.opening === true || opened(before)
  if (context.target.env !== 'prod' || known || !opened(parameterRecord(parameters))) return false
  const what = 'opening the API of prod to everybody (ENABLE_AUTH=false)'
  await confirmTyped({ what, yesSkips: false }, context)
  return true
}

/** What fails, is stopped, refused or not confirmed leaves nothing behind: neither a set nor the shell that a first set makes. */
export async function orDrop<T>(context: TargetContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await dropPlanOrTell(context)
    throw error
  }
}

/** That something cannot be removed must not hide why it is to be. */
export async function dropPlanOrTell(context: TargetContext): Promise<void> {
  await dropPlan(context).catch((error: unknown) => {
    const text = messageOf(error)
    const hint = 'the next rs-deploy or rs-plan removes it'
    context.report.emit({ type: 'warning', text: `the change set could not be removed: ${text}`, hint })
  })
}
