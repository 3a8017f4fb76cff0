import {
  type StackStatus,
  actions,
  decidingCommands,
  situations,
  stackStates,
  type Situation,
} from '../core/stack-state.js'

/** docs/stack-states.md: the tables of core/stack-state.ts, for people. */
export function stackStatesDocument(): string {
  const statuses = Object.keys(stackStates) as StackStatus[]
  const states = statuses.map((status) => {
    const { situation, meaning } = stackStates[status]
    return `| \`${status}\` | ${situation} | ${meaning} |`
  })
  const doing = (Object.keys(situations) as Situation[]).map((situation) => {
    const { does, because, resolve } = situations[situation]
    const cells = decidingCommands.map((command) => {
      const out = does[command] === 'refuse' && resolve !== undefined ? `: \`make ${resolve}\`` : ''
      return `${actions[does[command]]}${out}`
    })
    return `| ${situation} | ${cells.join(' | ')} | ${because} |`
  })
  return `${[
    '# Stack states',
    'Made from the tables of scripts/core/stack-state.ts by `make docs`; a test holds the two together.',
    '## What each command does',
    'A refusal names the cause and the command behind the colon. No stack at all is `gone`.',
    [
      `| situation | ${decidingCommands.join(' | ')} | because |`,
      `|${'---|'.repeat(decidingCommands.length + 2)}`,
      ...doing,
    ].join('\n'),
    '## What each state is',
    ['| state | situation | the stack is |', '|---|---|---|', ...states].join('\n'),
  ].join('\n\n')}\n`
}
