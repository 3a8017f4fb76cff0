import type { JsonObject } from '../core/config-merge.js'
import { isSet } from '../core/inputs.js'
import { stackName, targetOfStack } from '../core/names.js'
import type { Target } from '../core/target.js'
import { masked } from '../core/property-values.js'
import { DeployError } from '../errors.js'
import type { FilesContext, TargetContext } from '../flows/context.js'
import type { SyncOutcome } from '../flows/config/sync-configs.js'
import type { WrittenConfig } from '../flows/config/write-config.js'
import type { Command, EnvironmentContext } from './command.js'

export const configCommands: Command[] = [
  {
    name: 'sync-configs',
    group: 'Configuration',
    summary: 'Write a stack’s addresses and sign-in ids into its configuration files',
    details:
      'Your own fields, the order of keys, indentation and final newline stay. CHECK=true only tells, with exit code 7, ' +
      'whether they differ. Without ORG every deployed organization of ENV. Addresses of an emulator replace those of ' +
      'AWS only with OVERWRITE=true.',
    example: 'make sync-configs ENV=stage ORG=myorg',
    acts: 'environment',
    variables: ['CHECK', 'OVERWRITE'],
    run: runSync,
  },
  {
    name: 'show-config',
    group: 'Configuration',
    summary: 'The merged configuration of an organization, as its files are now',
    details: 'EXPLAIN=true gives each value with the file that it comes from. What looks like a secret is masked.',
    example: 'make show-config ENV=stage ORG=myorg EXPLAIN=true',
    acts: 'files',
    variables: ['EXPLAIN'],
    run: showConfig,
  },
  {
    name: 'config',
    group: 'Configuration',
    summary: 'Write the merged configuration as the app reads it on this machine',
    details:
      'Into .rs/config/{env}-{org}/backend.json and webapp.json, which git ignores, and only where something changed. ' +
      'The page’s API is its own origin there; CLOUD=local gives it the sign-in of the local AWS. Nothing is deployed ' +
      'and no account is needed.',
    example: 'make config ENV=dev ORG=demo',
    acts: 'files',
    variables: [],
    run: runConfig,
  },
  {
    name: 'rs-update-config',
    group: 'Configuration',
    summary: 'Upload the merged configuration without a deployment',
    details: 'The backend takes it within 30 seconds; WAIT=true waits until the API answers with it. Asks in prod.',
    example: 'make rs-update-config ENV=stage ORG=myorg WAIT=true',
    acts: 'target',
    variables: ['WAIT', 'LOCK_WAIT', 'YES'],
    run: runUpdateConfig,
  },
  {
    name: 'rs-show-runtime-config',
    group: 'Configuration',
    summary: 'The configuration that was uploaded, as the backend reads it',
    details: 'Prints config.json of the lambda bucket. What looks like a secret is masked.',
    example: 'make rs-show-runtime-config ENV=stage ORG=myorg',
    acts: 'target',
    variables: [],
    run: showRuntimeConfig,
  },
]

export async function runUpdateConfig(context: TargetContext): Promise<void> {
  const { updateConfig } = await import('../flows/config/update-config.js')
  const { describeChange } = await import('../core/input-changes.js')
  const changes = await updateConfig(context)
  const text = changes.length === 0 ? 'nothing changed' : changes.map(describeChange).join('\n')
  context.report.emit({ type: 'result', text, data: changes })
}

async function showConfig(context: FilesContext): Promise<void> {
  const { mergedConfigs } = await import('../flows/config/merged-parts.js')
  const { columns } = await import('../report/ledger-text.js')
  const { hiddenPaths, maskSecrets } = await import('../core/config-secrets.js')
  const { verifyBase } = await import('../flows/config/target-config.js')
  await verifyBase(context)
  const parts = (await mergedConfigs(context)).map(({ part, merged, sources }) => {
    const hidden = hiddenPaths(merged)
    const shown = sources.map((one) => (hidden.includes(one.path) ? { ...one, value: masked } : one))
    return { part, merged: maskSecrets(merged), sources: shown }
  })
  const merged = Object.fromEntries(parts.map((one) => [one.part, one.merged]))
  const explain = isSet(context.inputs, 'EXPLAIN')
  const rows = parts.flatMap(({ sources }) => sources.map(({ path, value, file }) => [path, value, file]))
  const text = explain ? columns(rows).join('\n') : JSON.stringify(merged, null, 2)
  context.report.emit({ type: 'result', text, data: explain ? parts : merged })
}

async function runConfig(context: FilesContext): Promise<void> {
  const { writeConfig } = await import('../flows/config/write-config.js')
  const { runningSignIn } = await import('../flows/develop/local-sign-in.js')
  const { env, org } = context.target
  const written = await writeConfig(await runningSignIn(context), context)
  const text = await writtenText(written)
  context.report.emit({ type: 'result', text: text === '' ? `${env}/${org}: nothing changed` : text, data: written })
}

/** Each file with its changes below it. */
async function writtenText(files: readonly WrittenConfig[]): Promise<string> {
  const { changeLine } = await import('../report/ledger-text.js')
  const lines = files.flatMap(({ file, created, changes }) => [
    `${file}${created ? ' (new)' : ''}`,
    ...changes.map((change) => `  ${changeLine(change, false)}`),
  ])
  return lines.join('\n')
}

async function showRuntimeConfig(context: TargetContext): Promise<void> {
  const { deployedStack } = await import('../flows/stack/deployed-stack.js')
  const [{ configProblem }, { hiddenPaths, maskSecrets }] = await Promise.all([
    import('../core/config-file.js'),
    import('../core/config-secrets.js'),
  ])
  const { configBucket, configKey, readStoredConfig } = await import('../flows/config/target-config.js')
  const { env, org } = context.target
  const bucket = configBucket(context)
  await deployedStack(context)
  const stored = await readStoredConfig(context)
  if (stored === undefined) {
    throw new DeployError('NotDeployed', `s3://${bucket}/${configKey} does not exist`, {
      hint: `make rs-update-config ENV=${env} ORG=${org}`,
    })
  }
  const place = `s3://${bucket}/${configKey}`
  const broken = configProblem(stored.text, place)
  if (broken !== undefined) {
    throw new DeployError('StackState', `${broken}; it is not shown, for it may hold secrets`, {
      hint: `make rs-update-config ENV=${env} ORG=${org} uploads what the files say`,
    })
  }
  const config = JSON.parse(stored.text) as JsonObject
  const text = hiddenPaths(config).length === 0 ? stored.text : JSON.stringify(maskSecrets(config), null, 2)
  context.report.emit({ type: 'result', text: text.trimEnd(), data: { ...stored, text } })
}

async function runSync(context: EnvironmentContext): Promise<void> {
  const { syncConfigs } = await import('../flows/config/sync-configs.js')
  const { env, report, inputs } = context
  const targets = await targetsOf(context)
  const outcomes = await syncConfigs(targets, context)
  const files = outcomes.flatMap((outcome) => (outcome.kind === 'synced' ? outcome.files : []))
  const text = files.length === 0 ? `nothing to change in ${targets.length} of ${env}` : await writtenText(files)
  report.emit({ type: 'result', text, data: outcomes.flatMap(dataOf) })
  const failed = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome] : []))
  const where = `ENV=${env}${context.org === undefined ? '' : ` ORG=${context.org}`}`
  if (failed.length > 0) {
    throw new DeployError('PartlyDone', `${failed.length} of ${targets.length} organizations were left as they are`, {
      facts: failed.map(({ org, error }) => ({ label: org, text: `${error.message}; ${error.hint ?? ''}` })),
      hint: `mend these, then make sync-configs ${where} again`,
    })
  }
  if (!isSet(inputs, 'CHECK') || files.length === 0) return
  throw new DeployError('Different', `${files.map(({ file }) => file).join(', ')}: not what the stack says`, {
    hint: `make sync-configs ${where}`,
  })
}

function dataOf(outcome: SyncOutcome): unknown[] {
  return outcome.kind === 'synced' ? [outcome] : [{ ...outcome, error: outcome.error.message }]
}

/** ORG, or every organization of ENV that has a stack. */
async function targetsOf({ env, org, ports, project }: EnvironmentContext): Promise<Target[]> {
  if (org !== undefined) return [{ env, org }]
  const stacks = await ports.stacks.list(stackName({ env, org: '' }, project))
  const targets = stacks.flatMap(({ name }) => targetOfStack(name, project) ?? []).filter((one) => one.env === env)
  if (targets.length > 0) return targets
  throw new DeployError('NotDeployed', `no organization is deployed in ${env}`, {
    hint: `make rs-deploy ENV=${env} ORG=myorg`,
  })
}
