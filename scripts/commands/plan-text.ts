import { wrapAnsi } from 'fast-wrap-ansi'
import { describeBytes } from '../core/contents.js'
import { describeChange } from '../core/input-changes.js'
import { describeChoice } from '../core/least-work.js'
import { type PlanMark, planLines } from '../core/plan-lines.js'
import type { Plan } from '../flows/deploy/plan-deployment.js'

const width = 72
const symbols: Readonly<Record<PlanMark, string>> = { added: '+', changed: '~', removed: '−', failed: '✗', plain: '' }

/** The whole plan in lines of at most 72 columns. */
export function planText(plan: Plan, title: string): string {
  const { reasons, parameters, verdict, uploads, least } = plan
  if (reasons.length === 0) {
    const more = least.work === 'nothing' ? [] : section('Least work (rs-up)', [describeChoice(least)])
    return [`${title}: nothing would change`, ...more].join('\n')
  }
  const losses = verdict.losses.map(
    ({ id, fate, holds, allowed }) =>
      `✗ ${id} would be ${fate}; ${holds === undefined ? 'it is empty' : `it holds ${holds}`}${allowed ? ' (allowed)' : ''}`,
  )
  const changes = planLines(verdict.rated, 'full').map(
    ({ mark, text, depth }) => `${'  '.repeat(depth)}${symbols[mark]}${mark === 'plain' ? '' : ' '}${text}`,
  )
  const { refusal } = verdict
  return [
    ...lines(0, [`${title}: ${reasons.join(', ')}`]),
    ...section('Parameters', parameters),
    ...section('Data that would be lost', losses),
    ...section('Changes', changes.length === 0 ? ['CloudFormation finds nothing to change'] : changes),
    ...section('Uploads', uploads === undefined ? [] : uploadLines(uploads)),
    ...section('Then', plan.verdict.refusal === undefined ? stepsOf(plan) : []),
    ...section('Least work (rs-up)', verdict.refusal === undefined ? [describeChoice(least)] : []),
    ...section('Refused', refusal === undefined ? [] : [refusal.message]),
  ].join('\n')
}

/** What rs-deploy would do besides the change set, in its order. */
export function stepsOf({ creates, verdict, uploads }: Plan): string[] {
  const config = uploads?.config !== undefined && uploads.config.length > 0
  return [
    ...(config && !creates ? ['upload the configuration'] : []),
    verdict.rated.length === 0 ? 'no change of the stack' : 'execute the change set',
    ...(config && creates ? ['upload the configuration'] : []),
    'publish the function as a version where it is another one by then',
    'check the version before traffic, move the alias live to it',
    'ask the API over HTTP; write the receipt',
  ]
}

/** Code and configuration that would be uploaded. */
export function uploadLines({ code, config }: NonNullable<Plan['uploads']>): string[] {
  const packages = code.map(
    ({ logicalId, kind, bytes, changes }) =>
      `${kind} ${logicalId}, ${describeBytes(bytes)}${changes ? '' : ', as it is deployed'}`,
  )
  if (config === undefined) return packages
  if (config === 'first') return [...packages, 'configuration, for the first time']
  if (config.length === 0) return [...packages, 'configuration, as it is uploaded']
  return [...packages, 'configuration:', ...config.map((change) => `  ${describeChange(change)}`)]
}

function section(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : ['', title, ...lines(2, texts)]
}

/** Long lines go on below, further in. */
function lines(indent: number, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const own = indent + (/^ */.exec(text)?.[0].length ?? 0)
    const [first = '', ...rest] = wrapAnsi(text.trim(), width - own - 4, { hard: true, trim: true }).split('\n')
    return [' '.repeat(own) + first, ...rest.map((line) => ' '.repeat(own + 4) + line)]
  })
}
