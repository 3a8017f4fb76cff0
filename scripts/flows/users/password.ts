import { type PasswordPolicy, describePolicy, missingFrom } from '../../core/password-policy.js'
import type { VariableName } from '../../core/variables.js'
import { DeployError } from '../../errors.js'
import type { Files } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** Whose password is asked for, and what it must be like. */
export interface PasswordQuestion {
  /** Whose it is, as it is told to people. */
  whose: string
  /** What the pool asks for; undefined where an existing password is asked for. */
  policy: PasswordPolicy | undefined
}

/**
 * PASSWORD, else the first line of PASSWORD_FILE, else what is typed at a hidden prompt. From then on it appears nowhere.
 * Throws Usage where there is none, and where it is weaker than the policy: what that asks for is told before.
 */
export async function readPassword({ whose, policy }: PasswordQuestion, context: TargetContext): Promise<string> {
  const { inputs, ports, report } = context
  const given = inputs.PASSWORD ?? (await firstLineOf('PASSWORD_FILE', inputs.PASSWORD_FILE, ports.files))
  const rule = policy === undefined ? '' : ` (${describePolicy(policy)})`
  if (given === undefined && !ports.prompts.interactive) {
    throw new DeployError('Usage', `the password of ${whose} is not given${rule}`, {
      hint: 'set PASSWORD in the environment, or PASSWORD_FILE=path (`-` is standard input)',
    })
  }
  const password = given ?? (await ports.prompts.askHidden(`Password of ${whose}${rule}: `))
  report.hide(password)
  verifySettable('PASSWORD', password)
  if (policy !== undefined) verifyStrength('PASSWORD', password, policy)
  return password
}

/** Throws Usage with what the password lacks, never with the password. */
export function verifyStrength(variable: VariableName, password: string, policy: PasswordPolicy): void {
  const missing = missingFrom(password, policy)
  if (missing.length === 0) return
  throw new DeployError('Usage', `${variable} is too weak: it lacks ${missing.join(', ')}`, {
    hint: `the pool asks for ${describePolicy(policy)}`,
  })
}

/** What Cognito refuses whatever the policy (PasswordType: at most 256 characters, no space at either end). Throws Usage. */
export function verifySettable(variable: VariableName, password: string): void {
  const problem = unsettable(password)
  if (problem === undefined) return
  throw new DeployError('Usage', `${variable} ${problem}`, { hint: 'choose another one' })
}

function unsettable(password: string): string | undefined {
  if (password.length > 256) return `is ${password.length} characters long, 256 at most are possible`
  if (/^\s|\s$/.test(password)) return 'begins or ends with a space'
  return /\p{Cc}/u.test(password) ? 'holds a control character' : undefined
}

/** The first line of the file that `variable` names; `-` is standard input. Throws Usage where it holds none. */
export async function firstLineOf(
  variable: VariableName,
  file: string | undefined,
  files: Pick<Files, 'readText'>,
): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await files.readText(file === '-' ? '/dev/stdin' : file)
  const first = text?.split(/\r?\n/)[0]
  if (first !== undefined && first.trim() !== '') return first
  const empty = text?.trim() === '' ? 'is empty' : 'begins with an empty line'
  throw new DeployError('Usage', `${variable}=${file} ${text === undefined ? 'does not exist' : empty}`, {
    hint: 'name a file whose first line is the password',
  })
}
