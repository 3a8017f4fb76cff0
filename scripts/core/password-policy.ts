import type { Template } from './template.js'

export interface PasswordPolicy {
  minimumLength: number
  lowercase: boolean
  uppercase: boolean
  digits: boolean
  symbols: boolean
}

/** What the policy asks for, as one phrase. */
export function describePolicy(policy: PasswordPolicy): string {
  const classes = [
    policy.uppercase ? 'an uppercase letter' : '',
    policy.lowercase ? 'a lowercase letter' : '',
    policy.digits ? 'a digit' : '',
    policy.symbols ? 'a symbol' : '',
  ].filter((text) => text !== '')
  const length = `at least ${policy.minimumLength} characters`
  return classes.length === 0 ? length : `${length} with ${classes.join(', ')}`
}

/** What the password lacks, never the password itself; empty when it is good enough. */
export function missingFrom(password: string, policy: PasswordPolicy): string[] {
  // The symbols that Cognito counts: every printable ASCII character that is no letter or digit, space included inside.
  const rules: [boolean, boolean, string][] = [
    [true, password.length >= policy.minimumLength, `${policy.minimumLength} characters`],
    [policy.uppercase, /[A-Z]/.test(password), 'an uppercase letter'],
    [policy.lowercase, /[a-z]/.test(password), 'a lowercase letter'],
    [policy.digits, /[0-9]/.test(password), 'a digit'],
    [policy.symbols, /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S .*\S/.test(password), 'a symbol'],
  ]
  return rules.flatMap(([asked, met, what]) => (asked && !met ? [what] : []))
}

/** The policy that a template's user pool will have, for the first deployment, when there is no pool to ask. */
export function policyOfTemplate(template: Template): PasswordPolicy | undefined {
  const pool = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Cognito::UserPool')
  const policies = pool?.Properties?.['Policies'] as { PasswordPolicy?: Record<string, unknown> } | undefined
  const policy = policies?.PasswordPolicy
  if (policy === undefined) return undefined
  return {
    minimumLength: Number(policy['MinimumLength'] ?? 8),
    lowercase: policy['RequireLowercase'] === true,
    uppercase: policy['RequireUppercase'] === true,
    digits: policy['RequireNumbers'] === true,
    symbols: policy['RequireSymbols'] === true,
  }
}
