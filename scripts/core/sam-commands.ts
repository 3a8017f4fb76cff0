import type { CommandLine } from './command-line.js'
import { type ParameterValue, isPassed } from './parameters.js'

/** What every sam command line shares. */
export interface SamPlace {
  /** Path of the sam program. */
  program: string
  /** Absolute path of the target's build folder: sam runs in there, so that nothing it writes lands outside. */
  folder: string
  env: Readonly<Record<string, string>>
}

/** An empty configuration of ours: a samconfig.toml lying about would be merged silently otherwise. */
export const samConfigFile = 'samconfig.toml'
export const samConfigText = 'version = 0.1\n'

const withConfig = ['--config-file', samConfigFile]

/**
 * `cache` is relative to the build folder; the template lies in the folder above it. With --base-dir sam would look for the
 * code of nested templates there, and not beside them.
 */
export function samBuild(place: SamPlace, cache: string): CommandLine {
  const folders = ['--template', '../template.yaml', '--build-dir', 'build', '--cache-dir', cache]
  return line(place, ['build', '--cached', '--parallel', ...folders, ...withConfig])
}

export function samValidate(place: SamPlace, template: string): CommandLine {
  return line(place, ['validate', '--lint', '--template', template, ...withConfig])
}

export interface SamDeploy {
  stack: string
  template: string
  bucket: string
  prefix: string
  region: string
  parameters: readonly ParameterValue[]
  tags: Readonly<Record<string, string>>
  /** ARN of CloudFormation's service role. */
  serviceRole: string | undefined
}

/** Packages, uploads and makes the change set; executing it is ours. */
export function samDeploy(place: SamPlace, deploy: SamDeploy): CommandLine {
  return line(place, [
    'deploy',
    '--no-execute-changeset',
    '--no-fail-on-empty-changeset',
    '--stack-name',
    deploy.stack,
    '--template-file',
    deploy.template,
    '--s3-bucket',
    deploy.bucket,
    '--s3-prefix',
    deploy.prefix,
    '--region',
    deploy.region,
    '--capabilities',
    'CAPABILITY_IAM',
    'CAPABILITY_NAMED_IAM',
    'CAPABILITY_AUTO_EXPAND',
    ...(deploy.serviceRole === undefined ? [] : ['--role-arn', deploy.serviceRole]),
    '--parameter-overrides',
    // What is left out stays as the stack has it.
    ...deploy.parameters.filter(isPassed).map(({ name, value }) => `${name}=${quoted(value)}`),
    '--tags',
    ...Object.entries(deploy.tags).map(([name, value]) => `${name}=${quoted(value)}`),
    ...withConfig,
  ])
}

/** Packages and uploads; `output` is what the change set is made of. */
export function samPackage(
  place: SamPlace,
  { template, bucket, prefix, region }: Pick<SamDeploy, 'template' | 'bucket' | 'prefix' | 'region'>,
  output: string,
): CommandLine {
  const where = ['--s3-bucket', bucket, '--s3-prefix', prefix, '--region', region]
  return line(place, [
    'package',
    '--template-file',
    template,
    ...where,
    '--output-template-file',
    output,
    ...withConfig,
  ])
}

function line(place: SamPlace, args: readonly string[]): CommandLine {
  return { program: place.program, args, cwd: place.folder, env: place.env }
}

/** sam splits `Key=value` at spaces unless it is quoted, and knows no escape for a backslash: planParameters refuses those. */
function quoted(value: string): string {
  return `"${value}"`
}
