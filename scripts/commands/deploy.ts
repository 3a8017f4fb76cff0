import { addressesOf } from '../core/addresses.js'
import { isSet } from '../core/inputs.js'
import { userGroups } from '../core/names.js'
import type { VariableName } from '../core/variables.js'
import type { TargetContext } from '../flows/context.js'
import type { DeployOptions, DeployOutcome } from '../flows/deploy/deploy.js'
import type { Command } from './command.js'
import { nextAfter } from './after-deploy.js'

export const deployVariables: VariableName[] = [
  'ENABLE_AUTH',
  'CREATE_BUCKETS',
  'ADMIN_USERNAME',
  'ADMIN_PASSWORD',
  'ADMIN_PASSWORD_FILE',
  'DOMAIN_NAME',
  'CERTIFICATE_ARN',
  'ALARM_EMAIL',
  'COGNITO_USER_POOL_ID',
  'COGNITO_CLIENT_ID',
  'HEALTH_ATTEMPTS',
  'HEALTH_PATH',
  'KEEP_VERSIONS',
  'LOCK_WAIT',
  'ALLOW_DATA_LOSS',
  'FORCE',
  'YES',
]

export const deployCommands: Command[] = [
  {
    name: 'rs-deploy',
    group: 'Deploy',
    summary: 'Build and deploy one organization, and prove that it is live',
    details:
      'Checks, builds, prepares the change set, executes it, publishes and checks the new version before any request ' +
      'reaches it, moves the alias, and asks the API. Where nothing changed it does nothing and says so.',
    example: 'make rs-deploy ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['STRATEGY', ...deployVariables],
    run: (context) => runDeploy('fresh', context),
  },
  {
    name: 'rs-deploy-only',
    group: 'Deploy',
    summary: 'Deploy the build that is there, for changed parameters or configuration',
    details:
      'Like rs-deploy without the build: it takes what the target’s build folder holds, or says that there is none.',
    example: 'make rs-deploy-only ENV=stage ORG=myorg ENABLE_AUTH=true',
    acts: 'target',
    variables: ['CODE', 'STRATEGY', ...deployVariables],
    run: (context) => runDeploy('existing', context),
  },
  {
    name: 'rs-build',
    group: 'Deploy',
    summary: 'Build function and dependency layer into the target’s own folder',
    details: 'Runs sam build in .aws-sam-<env>-<org>. For CLOUD=local the wheels are this machine’s, else Lambda’s.',
    example: 'make rs-build ENV=stage ORG=myorg',
    acts: 'target',
    variables: ['FORCE', 'LOCK_WAIT'],
    async run(context) {
      const { buildPlace, buildTarget, readSources } = await import('../flows/build/build-target.js')
      const { withBuildFolder } = await import('../flows/lock/build-folder.js')
      const force = isSet(context.inputs, 'FORCE')
      const record = await withBuildFolder(context, () =>
        context.report.step('Build', async (step) =>
          buildTarget(await readSources(context), await buildPlace(context), force, step, context),
        ),
      )
      context.report.emit({ type: 'result', text: context.names.buildFolder, data: record })
    },
  },
  {
    name: 'rs-validate',
    group: 'Deploy',
    summary: 'Check template.yaml with sam validate and its linter',
    details: 'Finds mistakes that CloudFormation would find only in the middle of a deployment.',
    example: 'make rs-validate',
    acts: 'machine',
    variables: [],
    async run(context) {
      const { validateTemplate } = await import('../flows/build/validate-template.js')
      await context.report.step('Validate', (step) => validateTemplate(step, context))
    },
  },
]

export async function runDeploy(build: DeployOptions['build'], context: TargetContext): Promise<void> {
  const { deploy } = await import('../flows/deploy/deploy.js')
  const outcome = await deploy({ build, force: isSet(context.inputs, 'FORCE') }, context)
  summarize(outcome, await lookForPage(context), context)
}

/** Whether the target shows a page; `offered` where it does not and the checkout has one for it. */
async function lookForPage({ ports, names }: TargetContext): Promise<'there' | 'offered' | 'none'> {
  const { buckets, bucketKeys } = names
  if (!bucketKeys.includes('frontend')) return 'none'
  if ((await ports.buckets.etag(buckets.frontend, 'index.html')) !== undefined) return 'there'
  return (await ports.files.exists('frontend')) ? 'offered' : 'none'
}

function summarize(
  outcome: DeployOutcome,
  shown: 'there' | 'offered' | 'none',
  { report, target, names, cloud, ports, project, started }: TargetContext,
): void {
  const { stack, release, version, admin } = outcome
  const { api, page } = addressesOf(stack.outputs, names.apiStage, cloud)
  const pool = stack.outputs['CognitoUserPoolId'] ?? ''
  const client = stack.outputs['CognitoClientId'] ?? ''
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const verb = outcome.kind === 'deployed' ? 'is live' : 'is live, nothing to do'
  const buckets = names.bucketKeys.map((key) => names.buckets[key])
  const said = version === '' ? 'healthy' : `healthy, answered by version ${version}`
  const rows = [
    ...(api === undefined ? [] : [{ label: 'API', text: `${api}${project.api.healthPath}\n${said}` }]),
    ...(page === undefined
      ? []
      : [{ label: 'Page', text: shown === 'there' ? page : `${page}\n(no page uploaded yet)` }]),
    ...(pool === '' ? [] : [{ label: 'Sign-in', text: `pool ${pool}  client ${client}` }]),
    ...(admin === undefined ? [] : [{ label: 'Admin', text: `${admin} (${userGroups[0]})` }]),
    ...(buckets.length === 0 ? [] : [{ label: 'Buckets', text: buckets.join('\n') }]),
  ]
  report.emit({
    type: 'summary',
    title: `${target.env}/${target.org} ${verb} ─ release ${release} ─ ${seconds} s`,
    rows,
    next: nextAfter(outcome, shown, { env: target.env, org: target.org, hasForms: names.bucketKeys.includes('forms') }),
    data: {
      outcome: outcome.kind,
      env: target.env,
      org: target.org,
      release,
      version,
      api,
      page,
      userPoolId: pool === '' ? undefined : pool,
      clientId: client === '' ? undefined : client,
      admin,
      buckets,
      stack: stack.name,
    },
  })
}
