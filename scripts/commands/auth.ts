import type { VariableName } from '../core/variables.js'
import type { Context, TargetContext } from '../flows/context.js'
import type { TokenCheck } from '../flows/users/test-tokens.js'
import type { Command } from './command.js'

const common = { group: 'Users', acts: 'target' } as const
const signIn: VariableName[] = ['USER_NAME', 'PASSWORD', 'PASSWORD_FILE']

export const authCommands: Command[] = [
  {
    ...common,
    name: 'get-rs-token',
    summary: 'Sign a user in and print the ID token, and nothing else, on standard output',
    details:
      'TOKEN=$(make get-rs-token …) works; inside another make, make -s. The password comes from PASSWORD, PASSWORD_FILE ' +
      'or a hidden prompt. The token is good for an hour and stands in no log.',
    example: 'make get-rs-token ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: signIn,
    async run(context: TargetContext) {
      const { user, token, expiresAt } = await (await import('../flows/users/sign-in.js')).signIn(context)
      context.report.emit({ type: 'result', text: token, data: { user, token, expiresAt } })
    },
  },
  {
    ...common,
    name: 'rs-login-check',
    summary: 'Whether a user can sign in, what his token holds, and whom the API takes him for',
    details: 'Holds the token against the pool’s keys, issuer and client. Where it fails, it says why.',
    example: 'make rs-login-check ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: signIn,
    async run(context: TargetContext) {
      const found = await (await import('../flows/users/sign-in.js')).checkLogin(context)
      const text = `${found.user} signs in, groups ${found.groups.join(', ') || '(none)'}`
      context.report.emit({ type: 'result', text, data: found })
    },
  },
  {
    ...common,
    name: 'test-jwt-aws',
    summary: 'Whether the API takes a user’s token, and refuses every forged or foreign one',
    details:
      'Asks a guarded path (here /api/config/private) with the token, with none, with a changed signature or payload, ' +
      'another key, algorithm none, a past expiry, another pool. OTHER_TOKEN is a real one of another organization that ' +
      'has not expired. Changes nothing.',
    example: 'make test-jwt-aws ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: [...signIn, 'OTHER_TOKEN'],
    run: async (context: TargetContext) =>
      told(await (await import('../flows/users/test-tokens.js')).testTokens(context), context),
  },
  {
    ...common,
    name: 'test-jwt-local',
    summary: 'The same on the local AWS, with a user made for it and removed again',
    details: 'USER_NAME and PASSWORD take a user who is there instead.',
    example: 'make test-jwt-local ENV=dev ORG=demo CLOUD=local',
    variables: [...signIn, 'OTHER_TOKEN'],
    run: async (context: TargetContext) =>
      told(await (await import('../flows/users/test-tokens.js')).testTokensLocally(context), context),
  },
  {
    group: 'Users',
    acts: 'machine',
    name: 'test-jwt-regression',
    summary: 'Whether recorded tokens, good and bad, are still judged as they were',
    details: 'infra/tokens/recorded.json, made once with keys that exist nowhere any more. Needs no cloud.',
    example: 'make test-jwt-regression',
    variables: [],
    run: async (context: Context) =>
      told(await (await import('../flows/users/token-regression.js')).testRecordedTokens(context), context),
  },
]

function told(checks: readonly TokenCheck[], { report }: Context): void {
  const text = checks.map(({ name, result, text }) => `${result}  ${name}: ${text}`).join('\n')
  report.emit({ type: 'result', text, data: { checks } })
}
