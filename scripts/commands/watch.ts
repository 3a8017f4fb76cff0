import type { Command } from './command.js'

export const watchCommands: Command[] = [
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
      const { watchLog } = await import('../flows/watch-log.js')
      const { SINCE: since = '10m', FILTER: filter, FOLLOW } = context.inputs
      await watchLog({ since, filter, follow: FOLLOW !== 'false' }, context)
    },
  },
]
