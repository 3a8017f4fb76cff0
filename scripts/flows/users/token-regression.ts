import type { JSONWebKeySet } from 'jose'
import * as z from 'zod'
import path from 'node:path'
import { judgeToken } from '../../core/token.js'
import { DeployError } from '../../errors.js'
import type { Context } from '../context.js'
import type { TokenCheck } from './test-tokens.js'

const recordedFile = path.join('infra', 'tokens', 'recorded.json')
const recordedSchema = z.object({
  at: z.iso.datetime(),
  issuer: z.string(),
  clientId: z.string(),
  keys: z.array(z.record(z.string(), z.unknown())),
  tokens: z.array(z.object({ name: z.string(), token: z.string(), expected: z.string() })).min(1),
})

/** Holds every recorded token against its pool, as of the day it was recorded. Throws TestsFailed with those judged otherwise. */
export async function testRecordedTokens({ ports, report, toolFolder }: Context): Promise<TokenCheck[]> {
  const text = await ports.files.readText(path.join(toolFolder, recordedFile))
  if (text === undefined) {
    throw new DeployError('ToolMissing', `${recordedFile} is missing`, { hint: `git checkout -- ${recordedFile}` })
  }
  const { at, issuer, clientId, keys, tokens } = recordedSchema.parse(JSON.parse(text))
  const rule = { issuer, clientId, keys: { keys } as unknown as JSONWebKeySet, now: new Date(at) }
  const checks = await report.step('Tokens', async (step) => {
    const judged: TokenCheck[] = []
    for (const { name, token, expected } of tokens) {
      const { verdict } = await judgeToken(token, rule)
      const same = verdict === expected
      step.line(same ? 'done' : 'failed', `${name}: ${verdict}${same ? '' : `, and not ${expected}`}`)
      judged.push({ name, result: same ? 'ok' : 'failed', text: verdict })
    }
    step.say(`${judged.filter(({ result }) => result === 'ok').length} of ${judged.length} judged as recorded`)
    return judged
  })
  const failed = checks.filter(({ result }) => result === 'failed')
  if (failed.length === 0) return checks
  throw new DeployError('TestsFailed', `${failed.length} recorded tokens are judged otherwise than recorded`, {
    facts: failed.map(({ name, text: verdict }) => ({ label: 'Token', text: `${name}: ${verdict}` })),
    hint: 'look at scripts/core/token.ts and the version of jose, then make test-jwt-regression',
  })
}
