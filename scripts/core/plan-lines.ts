import { type ChangeClass, type RatedChange, changeClasses, changeId } from './change-risk.js'
import type { PropertyValue } from './changes.js'

export type PlanMark = 'added' | 'changed' | 'removed' | 'failed' | 'plain'

export interface PlanLine {
  mark: PlanMark
  text: string
  /** 0: a class, 1: a change, 2: what changes of it. */
  depth: number
}

const titles: Readonly<Record<ChangeClass, string>> = {
  'stateful-removing': 'leave the stack and hold data',
  'stateful-replacing': 'may be created anew and hold data',
  'stateful-in-place': 'hold data, changed in place',
  'removing-stateless': 'removed',
  'replacing-stateless': 'may be created anew',
  configuration: 'configuration',
  code: 'code',
  additive: 'added',
}

const marks: Readonly<Record<ChangeClass, PlanMark>> = {
  'stateful-removing': 'removed',
  'stateful-replacing': 'changed',
  'stateful-in-place': 'changed',
  'removing-stateless': 'removed',
  'replacing-stateless': 'changed',
  configuration: 'changed',
  code: 'changed',
  additive: 'added',
}

/** Changes shown of a class in the short form; those by which data could go are all shown. */
const mostShown = 6

/** Changes by class, the most dangerous first. The short form leaves out values and counts what is beyond the first few. */
export function planLines(rated: readonly RatedChange[], form: 'short' | 'full'): PlanLine[] {
  return changeClasses.flatMap((kind): PlanLine[] => {
    const all = rated.filter((one) => one.class === kind)
    if (all.length === 0) return []
    const dangerous = kind === 'stateful-removing' || kind === 'stateful-replacing'
    const shown = form === 'full' || dangerous ? all : all.slice(0, mostShown)
    const rest = all.length - shown.length
    return [
      { mark: 'plain', text: `${all.length} ${titles[kind]}`, depth: 0 },
      ...shown.flatMap((one) => [changeLine(one), ...(form === 'full' ? valueLines(one) : [])]),
      ...(rest === 0 ? [] : [{ mark: 'plain' as const, text: `… and ${rest} more`, depth: 1 }]),
    ]
  })
}

/** What holds data and goes is said in capitals. */
function changeLine(rated: RatedChange): PlanLine {
  const { change, class: kind, kept, causes } = rated
  const name = `${changeId(rated)}  ${change.type.replace(/^AWS::/, '')}`
  const because = causes.length === 0 ? '' : ` (${causes.join(', ')})`
  const line = (text: string, mark = marks[kind]): PlanLine => ({ mark, text: `${name}${text}`, depth: 1 })
  switch (kind) {
    case 'stateful-removing':
      return kept ? line('  is let go of, and kept') : line('  REMOVED with its data', 'failed')
    case 'stateful-replacing':
      return kept ? line(`${because}, the old one is kept`) : line(`  REPLACED${because}, with its data`, 'failed')
    case 'replacing-stateless':
      return line(because)
    case 'removing-stateless':
    case 'additive':
      return line('')
    case 'stateful-in-place':
    case 'configuration':
    case 'code':
      return line(change.properties.length === 0 ? '' : `  (${change.properties.join(', ')})`)
  }
}

function valueLines({ change }: RatedChange): PlanLine[] {
  return (change.values ?? []).map((value) => ({ mark: 'plain', text: valueText(value), depth: 2 }))
}

function valueText({ name, path, before, after }: PropertyValue): string {
  const place = path === '' ? name : path.replace(/^\/Properties\//, '')
  return `${place}: ${before ?? '(none)'} → ${after ?? '(none)'}`
}
