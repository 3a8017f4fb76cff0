import path from 'node:path'
import { withApiFingerprints } from '../../core/api-fingerprint.js'
import { summarizeChanges } from '../../core/changes.js'
import type { CommandLine } from '../../core/command-line.js'
import { ledgerKeys } from '../../core/names.js'
import { type ParameterValue, parameterRecord } from '../../core/parameters.js'
import { type SamDeploy, type SamPlace, samDeploy, samPackage } from '../../core/sam-commands.js'
import { nestsStacks, withNestedFiles } from '../../core/nested-templates.js'
import { type Template, parseTemplate, writeTemplate } from '../../core/template.js'
import { templateFile } from '../../core/saved-files.js'
import { DeployError } from '../../errors.js'
import type { ChangeSet, Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { BuildRecord } from '../build/build-record.js'
import { samEnvironment } from '../build/build-target.js'
import { readTemplates } from '../build/read-templates.js'
import type { TargetContext } from '../context.js'
import { dropOurSets, isEmptySet } from './drop-change-sets.js'
import { explainFailedSet } from './explain-failed-set.js'
import { stackFailure } from './find-cause.js'
import { makeNestedSet } from './nested-change-set.js'
import { watchStack } from './watch-stack.js'

const packagedFile = 'packaged.yaml'

/**
 * Has SAM package, upload and make the change set of a build; reads it through the API. Undefined when CloudFormation
 * finds nothing to change.
 */
export async function prepareChangeSet(
  build: BuildRecord,
  parameters: readonly ParameterValue[],
  step: Step,
  context: TargetContext,
): Promise<ChangeSet | undefined> {
  const { ports, names } = context
  const nests = await writeDeployTemplate(build, parameters, context)
  const before = new Set(await dropOurSets(context))
  const made = samRequest(parameters, context)
  try {
    if (nests) {
      await runSam('package', (place) => samPackage(place, made, packagedFile), step, context)
      await makeNestedSet({ ...made, file: packagedFile }, step, context)
    } else await haveSetMade(made, step, context)
  } catch (error) {
    throw await explainFailedSet(error, before, context)
  }
  const fresh = (await ports.stacks.changeSetArns(names.stack)).filter((arn) => !before.has(arn))
  const sets = await Promise.all(fresh.map((arn) => ports.stacks.changeSet(arn, names.stack)))
  const empty = sets.filter(isEmptySet)
  await Promise.all(empty.map(({ arn }) => ports.stacks.deleteChangeSet(arn, names.stack)))
  const usable = sets.filter((set) => !empty.includes(set))
  if (usable.length > 1) {
    throw new DeployError('Refused', `another deployment made a change set of ${names.stack} at the same time`, {
      hint: 'wait for it to end, then the same command again',
    })
  }
  const [set] = usable
  if (set === undefined) {
    step.say('CloudFormation finds nothing to change')
    return undefined
  }
  step.say(summarizeChanges(set.changes))
  return set
}

/**
 * The built template with our own zips as its code, and the fingerprint that makes API changes reach the stage; so those
 * of its nested stacks. Returns whether there are any.
 */
async function writeDeployTemplate(
  build: BuildRecord,
  parameters: readonly ParameterValue[],
  context: TargetContext,
): Promise<boolean> {
  const { ports, names } = context
  const parts = await readTemplates(path.join(names.buildFolder, 'build', templateFile), parseTemplate, context)
  for (const { prefix, file, template } of parts) {
    const root = prefix === ''
    const place = root ? path.join(names.buildFolder, templateFile) : zippedName(file)
    const zips = path.relative(path.dirname(place), names.buildFolder)
    const zipped: Template = { ...template, Resources: { ...template.Resources } }
    for (const { logicalId, property, zip } of build.packages) {
      const inner = logicalId.slice(prefix.length)
      const resource = logicalId.startsWith(prefix) ? zipped.Resources[inner] : undefined
      if (resource === undefined) continue
      const code = { [property]: path.join(zips, zip) }
      zipped.Resources[inner] = { ...resource, Properties: { ...resource.Properties, ...code } }
    }
    const nested = (one: string): string => path.join(root ? 'build' : '', zippedName(one))
    const final = withNestedFiles(root ? withApiFingerprints(zipped, parameterRecord(parameters)) : zipped, nested)
    await ports.files.write(place, writeTemplate(final))
  }
  return parts.some(({ template }) => nestsStacks(template))
}

/** A nested template stays where sam built it: what else it names lies relative to that place. */
function zippedName(file: string): string {
  return path.join(path.dirname(file), 'zipped.yaml')
}

function samRequest(
  parameters: readonly ParameterValue[],
  { names, cloud, target, project }: TargetContext,
): SamDeploy {
  return {
    stack: names.stack,
    template: templateFile,
    bucket: names.deploymentsBucket,
    prefix: ledgerKeys.artifacts(names.stack),
    region: cloud.region,
    parameters,
    tags: stackTags({ target, project }),
    serviceRole: cloud.serviceRole,
  }
}

/** What every resource of a stack is tagged with. */
export function stackTags({ target, project }: Pick<TargetContext, 'target' | 'project'>): Record<string, string> {
  return { environment: target.env, organization: target.org, project: project.prefix, 'managed-by': 'sam' }
}

/**
 * A set that "exists already" is sam's own, made by a request whose answer was lost, and nobody knows what became of it:
 * it goes, and sam tries once more.
 */
async function haveSetMade(made: SamDeploy, step: Step, context: TargetContext): Promise<void> {
  const deploy = (): Promise<void> => runSam('deploy', (place) => samDeploy(place, made), step, context)
  try {
    await deploy()
  } catch (error) {
    if (!(error instanceof DeployError) || !error.message.includes('AlreadyExistsException')) throw error
    await dropOurSets(context)
    step.line('plain', 'the answer to the making of the change set was lost: it is made once more')
    await deploy()
  }
}

async function runSam(
  name: 'deploy' | 'package',
  commandAt: (place: SamPlace) => CommandLine,
  step: Step,
  context: TargetContext,
): Promise<void> {
  const { ports, names, childEnv, cloudEnv, projectFolder } = context
  const sam = await ports.toolchain.sam()
  const place = {
    program: sam.program,
    folder: path.join(projectFolder, names.buildFolder),
    env: { ...childEnv, ...samEnvironment(context), ...(await cloudEnv()) },
  }
  const { exitCode, output } = await ports.shell.run(commandAt(place), (line) => {
    // sam redraws its progress in one line: only the last state of it is kept.
    step.detail(line.split(/\r|\t(?=Uploading)/).at(-1) ?? '')
    const upload = /Uploading to \S+?([^/\s]+)\s+.*\((\d+\.\d+%)\)/.exec(line)
    if (upload !== null) step.progress(`uploading ${upload[2] ?? ''}`)
    if (/Waiting for changeset/.test(line)) step.progress('CloudFormation prepares the change set')
  })
  if (exitCode === 0) return
  const error = /^Error: (.*(?:\n(?!\s*$).*)*)/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? ''
  throw new DeployError('ToolFailed', `sam ${name} failed: ${error.replaceAll(/\s+/g, ' ')}`, {
    hint: 'nothing was changed; correct what it names, then the same command again',
  })
}

/** Executes the change set and follows it to its end. Throws StackFailed with the first cause. */
export async function executeChangeSet(
  set: ChangeSet,
  templateText: string,
  step: Step,
  context: TargetContext,
): Promise<Stack> {
  const { ports } = context
  const after = await ports.stacks.lastEventId(set.stackArn)
  await ports.stacks.executeChangeSet(set)
  const { stack, events } = await watchStack(set.stackArn, after, set.changes.length, step, context)
  if (stack.status === 'CREATE_COMPLETE' || stack.status === 'UPDATE_COMPLETE') {
    step.say(`${set.changes.length} resources, ${stack.status}`)
    return stack
  }
  throw await stackFailure(stack, events, templateText, context)
}
