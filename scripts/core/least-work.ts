/** The ways of bringing a target to what the checkout says, least first. */
export const works = {
  nothing: { command: undefined, does: 'nothing' },
  'end-shift': { command: undefined, does: 'finish or abort the shift that is half way' },
  config: { command: 'rs-update-config', does: 'upload the configuration' },
  code: { command: 'rs-deploy-function', does: 'update the code past CloudFormation' },
  'deploy-only': { command: 'rs-deploy-only', does: 'deploy the build that is there' },
  deploy: { command: 'rs-deploy', does: 'build and deploy' },
} as const
export type Work = keyof typeof works

/** What differs from the last release that is live. */
export interface ChangesSince {
  template: boolean
  parameters: boolean
  /** Python or platform of the wheels. */
  place: boolean
  tool: boolean
  /** Any file of function or layer. */
  code: boolean
  /** Files that name dependencies, and those of layers; undefined: that release recorded no files. */
  dependencies: boolean | undefined
  /** Whether something else changed the stack. */
  stack: boolean
  /** Whether another version serves. */
  version: boolean
}

export interface WorkFacts {
  /** Undefined: no release is live, or the last receipt cannot be read. */
  since: ChangesSince | undefined
  /** Whether the stack is there and healthy. */
  stands: boolean
  /** Whether the bucket holds another configuration than the files give. */
  config: boolean
  /** A shift that is half way, with the commands that end it. */
  shift?: string | undefined
  /** Whether the build folder holds a build of these very sources, for this place. */
  built: boolean
}

export interface Choice {
  work: Work
  /** One clause each, what decided. */
  because: string[]
}

/** The least work that is right. Anything but pure code or pure configuration goes through CloudFormation. */
export function leastWork(facts: WorkFacts): Choice {
  const { work, because } = changedWork(facts)
  const { shift } = facts
  if (shift === undefined) return { work, because }
  // Requests reach a version that no release recorded: that is never nothing.
  return work === 'nothing' ? { work: 'end-shift', because: [shift] } : { work, because: [...because, shift] }
}

function changedWork({ since, stands, config, built }: WorkFacts): Choice {
  const whole: Work = built ? 'deploy-only' : 'deploy'
  if (!stands) return { work: 'deploy', because: ['not deployed yet, or not healthy'] }
  if (since === undefined) return { work: 'deploy', because: ['no release of it is recorded as live'] }
  const forStack = clausesOf([
    [since.template, 'the template changed'],
    [since.parameters, 'parameters changed'],
    [since.place, 'another Python or platform'],
    [since.tool, 'another version of this tool'],
    [since.dependencies === true, 'requirements or a layer changed'],
    [since.code && since.dependencies === undefined, 'code changed, and whether requirements did cannot be told'],
    [since.stack, 'the stack was changed by something else'],
  ])
  if (forStack.length > 0) return { work: whole, because: forStack }
  const forCode = clausesOf([
    [since.code, 'code changed'],
    [since.version, 'another version is live than the last release'],
  ])
  const forConfig = clausesOf([[config, 'the configuration changed']])
  if (forCode.length > 0 && config) {
    return { work: whole, because: [...forCode, ...forConfig, 'one release brings both, and takes both back'] }
  }
  if (forCode.length > 0) return { work: 'code', because: forCode }
  if (config) return { work: 'config', because: forConfig }
  return { work: 'nothing', because: ['nothing changed since the last release'] }
}

/** `rs-deploy-function: update the code past CloudFormation (code changed)`. */
export function describeChoice({ work, because }: Choice): string {
  const { command, does } = works[work]
  return `${command === undefined ? '' : `${command}: `}${does} (${because.join(', ')})`
}

function clausesOf(found: readonly [boolean, string][]): string[] {
  return found.flatMap(([holds, clause]) => (holds ? [clause] : []))
}
