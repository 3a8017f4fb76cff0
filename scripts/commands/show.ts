import { addressesOf, apiIdOf, openableOutputs } from '../core/addresses.js'
import type { KnownOutput } from '../core/project.js'
import { DeployError } from '../errors.js'
import type { CloudContext, TargetContext } from '../flows/context.js'
import type { Stack } from '../ports.js'
import type { Command } from './command.js'

const bare = 'The bare value on standard output and nothing else there, for scripts.'

/** A value of a deployed target; undefined where the stack has none. */
type Read = (stack: Stack, context: TargetContext) => string | undefined | Promise<string | undefined>

export const showCommands: Command[] = [
  showAccount('show-account-number', 'The number of the account in use', ({ cloud }) => cloud.account),
  showAccount('show-region', 'The region in use', ({ cloud }) => cloud.region),
  {
    name: 'show-rs-stackname',
    group: 'Look',
    summary: 'The name of the stack, deployed or not',
    details: bare,
    example: 'make show-rs-stackname ENV=stage ORG=myorg',
    acts: 'target',
    variables: [],
    async run({ names, report }) {
      report.emit({ type: 'result', text: names.stack, data: { value: names.stack } })
    },
  },
  showValue('show-rs-function-name', 'The name of the function', async (_stack, { names, ports }) => {
    const found = names.function === '' ? undefined : await ports.functions.state(names.function)
    return found?.name
  }),
  showValue(
    'show-rs-endpoint',
    'The address of the API, as this machine can open it',
    (stack, { names, cloud }) => addressesOf(stack.outputs, names.apiStage, cloud).api,
  ),
  showValue('show-rs-api-gateway', 'The id of the API', ({ outputs }) => apiIdOf(outputs)),
  showOutput('show-rs-user-pool', 'The id of the user pool', 'CognitoUserPoolId'),
  showOutput('show-rs-client-id', 'The id of the user pool’s client', 'CognitoClientId'),
  showValue('show-rs-s3-buckets', 'The names of the buckets that are there, one per line', async (_stack, context) => {
    const { names, ports } = context
    const all = names.bucketKeys.map((key) => names.buckets[key])
    const presence = await Promise.all(all.map((bucket) => ports.buckets.presence(bucket)))
    return all.filter((_bucket, i) => presence[i] === 'ours').join('\n')
  }),
  {
    name: 'rs-outputs',
    group: 'Look',
    summary: 'Every output of the stack, as shell variables or JSON',
    details:
      'FORMAT=env (unset: the same) gives lines such as API_ENDPOINT=…, quoted for a shell (OUTPUT_PATH=… ' +
      'where the shell has that name itself); FORMAT=json one object. Addresses are as this machine can open them.',
    example: 'make rs-outputs ENV=stage ORG=myorg FORMAT=json',
    acts: 'target',
    variables: ['FORMAT'],
    async run(context) {
      const [{ deployedStack }, { shellAssignment }] = await Promise.all([
        import('../flows/stack/deployed-stack.js'),
        import('../core/shell-words.js'),
      ])
      const { names, project, cloud } = context
      const stack = await deployedStack(context)
      const outputs = openableOutputs(stack.outputs, project, names.apiStage, cloud)
      if (Object.keys(outputs).length === 0) throw findsNothing(stack, context)
      const lines = Object.entries(outputs).map(([name, value]) => shellAssignment(name, value))
      const text = context.inputs.FORMAT === 'json' ? JSON.stringify(outputs, null, 2) : lines.join('\n')
      context.report.emit({ type: 'result', text, data: outputs })
    },
  },
  {
    name: 'rs-open',
    group: 'Look',
    summary: 'The addresses of API and page, to be opened in a browser',
    details: 'Prints them as this machine can open them, on the local AWS too.',
    example: 'make rs-open ENV=stage ORG=myorg',
    acts: 'target',
    variables: [],
    async run(context) {
      const { deployedStack } = await import('../flows/stack/deployed-stack.js')
      const stack = await deployedStack(context)
      const addresses = addressesOf(stack.outputs, context.names.apiStage, context.cloud)
      const rows = [
        ['API ', addresses.api],
        ['Page', addresses.page],
      ].flatMap(([label, address]) => (address === undefined ? [] : [`${label}  ${address}`]))
      if (rows.length === 0) throw findsNothing(stack, context)
      context.report.emit({ type: 'result', text: rows.join('\n'), data: addresses })
    },
  },
  {
    name: 'rs-ping-health',
    group: 'Look',
    summary: 'Ask the API for its health, once',
    details: 'Unhealthy (exit 5) with what it answered where it is not healthy.',
    example: 'make rs-ping-health ENV=stage ORG=myorg',
    acts: 'target',
    variables: ['HEALTH_PATH'],
    async run(context) {
      const { pingHealth } = await import('../flows/look/ping-health.js')
      const health = await pingHealth(context)
      const text = `healthy, answered by version ${health.version ?? 'unknown'} in ${health.durationMs} ms`
      context.report.emit({ type: 'result', text, data: health })
    },
  },
]

function showAccount(name: string, summary: string, read: (context: CloudContext) => string): Command {
  return {
    name,
    group: 'Look',
    summary,
    details: bare,
    example: `make ${name}`,
    acts: 'cloud',
    variables: [],
    async run(context) {
      const value = read(context)
      context.report.emit({ type: 'result', text: value, data: { value } })
    },
  }
}

function showOutput(name: string, summary: string, output: KnownOutput): Command {
  return showValue(name, summary, ({ outputs }) => outputs[output])
}

function showValue(name: string, summary: string, read: Read): Command {
  return {
    name,
    group: 'Look',
    summary,
    details: bare,
    example: `make ${name} ENV=stage ORG=myorg`,
    acts: 'target',
    variables: [],
    async run(context) {
      const { deployedStack } = await import('../flows/stack/deployed-stack.js')
      const stack = await deployedStack(context)
      const value = await read(stack, context)
      if (value === undefined || value === '') throw findsNothing(stack, context)
      context.report.emit({ type: 'result', text: value, data: { value } })
    },
  }
}

function findsNothing({ name, status }: Stack, { command, target: { env, org } }: TargetContext): DeployError {
  return new DeployError('NotDeployed', `${name} is ${status}, and ${command} finds nothing there`, {
    hint: `make check-rs ENV=${env} ORG=${org} shows what it has`,
  })
}
