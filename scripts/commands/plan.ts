import { changeId } from '../core/change-risk.js'
import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { Plan } from '../flows/deploy/plan-deployment.js'
import type { Command } from './command.js'
import { deployVariables } from './deploy.js'

export const planCommands: Command[] = [
  {
    name: 'rs-plan',
    group: 'Deploy',
    summary: 'What rs-deploy would do, what it could cost and what it would lose',
    details:
      'Builds and has the change set made as rs-deploy does, reads it, and removes it again; changes nothing and never ' +
      'asks. Ends with Refused where rs-deploy would refuse. CHECK=true ends with Different where something would change.',
    example: 'make rs-plan ENV=stage ORG=myorg CHECK=true',
    acts: 'target',
    variables: [...deployVariables.filter((name) => !/^(ADMIN_|HEALTH_|YES$)/.test(name)), 'CHECK'],
    run: plan,
  },
]

async function plan(context: TargetContext): Promise<void> {
  const { planDeployment } = await import('../flows/deploy/plan-deployment.js')
  const { planText, stepsOf } = await import('./plan-text.js')
  const { target, report, inputs } = context
  const found = await planDeployment(context)
  const { refusal } = found.verdict
  const text = planText(found, `${target.env}/${target.org}`)
  report.emit({ type: 'result', text, data: dataOf(found, refusal === undefined ? stepsOf(found) : []) })
  if (refusal !== undefined) throw refusal
  if (found.reasons.length === 0 || !isSet(inputs, 'CHECK')) return
  throw new DeployError(
    'Different',
    `rs-deploy would change ${target.env}/${target.org}: ${found.reasons.join(', ')}`,
    {
      hint: `make rs-deploy ENV=${target.env} ORG=${target.org}`,
    },
  )
}

function dataOf({ reasons, creates, parameters, verdict, uploads, least }: Plan, steps: string[]): unknown {
  const { rated, losses, refusal } = verdict
  return {
    changes: reasons.length > 0,
    reasons,
    creates,
    parameters,
    resources: rated.map((one) => {
      const { action, type, physicalId, replacement, properties, values } = one.change
      const { class: kind, kept, causes } = one
      return { id: changeId(one), class: kind, action, type, physicalId, replacement, kept, causes, properties, values }
    }),
    losses,
    uploads,
    steps: reasons.length === 0 ? [] : steps,
    least: { work: least.work, because: least.because },
    refusal: refusal && { message: refusal.message, facts: refusal.facts, hint: refusal.hint },
  }
}
