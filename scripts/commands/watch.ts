import { isSet } from '../core/inputs.js'
import type { Command } from './command.js'
import { doChosen, upVariables } from './up.js'

export const watchCommands: Command[] = [
  {
    name: 'rs-watch',
    group: 'Deploy',
    summary: 'Bring every save live, with the functions’ log between, until Ctrl-C',
    details:
      'Code by one release at a time, the newest save wins; configuration is uploaded. What needs CloudFormation is ' +
      'said, or with AUTO=true deployed as rs-up does. A syntax error is shown and not deployed. Asks nothing, holds no ' +
      'lock between two saves, and is refused in prod.',
    example: 'make rs-watch ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['AUTO', 'FUNCTION', ...upVariables.filter((name) => name !== 'YES')],
    async run(context) {
      const { watchTarget } = await import('../flows/look/watch-target.js')
      const { withoutAdmin } = await import('../flows/ledger/why-changed.js')
      await watchTarget({ auto: isSet(context.inputs, 'AUTO'), up: doChosen }, withoutAdmin(context))
    },
  },
  {
    name: 'rs-watch-log',
    group: 'Look',
    summary: 'The log of the target’s functions as it is written, until Ctrl-C',
    details:
      'All functions at once, or those that FUNCTION names. JSON lines become readable, Lambda’s own lines are folded ' +
      'into one for each call. FOLLOW=false prints what is there and ends.',
    example: 'make rs-watch-log ENV=stage ORG=myorg SINCE=1h FILTER=error',
    acts: 'target',
    variables: ['SINCE', 'FILTER', 'FUNCTION', 'FOLLOW'],
    async run(context) {
      const { watchLog } = await import('../flows/develop/watch-log.js')
      const { SINCE: since = '10m', FILTER: filter, FOLLOW } = context.inputs
      await watchLog({ since, filter, follow: FOLLOW !== 'false' }, context)
    },
  },
]
