import { describe, expect, it } from '@jest/globals'
import { doubling } from '../../scripts/core/backoff.js'
import { parseConfig } from '../../scripts/core/config-file.js'
import { type Json, type JsonObject, mergeConfig } from '../../scripts/core/config-merge.js'
import { canonicalJson, sha256, sha256Base64 } from '../../scripts/core/hash.js'
import { describePolicy, missingFrom, policyOfTemplate } from '../../scripts/core/password-policy.js'
import { isAtLeast, versionIn } from '../../scripts/core/versions.js'
import { thrownBy } from '../support/failures.js'

/** Configurations from a fixed seed: the same ones in every run. */
function* configs(seed: number, count: number): Generator<JsonObject> {
  let state = seed
  const roll = (sides: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >> 8) % sides
  }
  const leaf = (): Json => [true, 7, 'text', ['a', 1], [], ''][roll(6)] as Json
  const node = (depth: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length: roll(5) }, () => ['a', 'b', 'c', 'd'][roll(4)]!).map((key) => [
        key,
        roll(6) === 0 ? null : depth > 0 && roll(2) === 0 ? node(depth - 1) : leaf(),
      ]),
    )
  for (let i = 0; i < count; i++) yield node(3)
}
const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

describe('merged configurations', () => {
  it('merge objects deeply, replace arrays, and lose what is null', () => {
    const base = { keep: 1, gone: 2, list: [1, 2, 3], deep: { keep: 1, change: 'old', gone: {} } }
    const over = { gone: null, list: [9], deep: { change: 'new', gone: null, added: { x: null, y: 1 } } }
    expect(mergeConfig(base, over)).toEqual({ keep: 1, list: [9], deep: { keep: 1, change: 'new', added: { y: 1 } } })
  })

  it('put a value in the place of an object and an object in the place of a value', () => {
    expect(mergeConfig({ a: { b: 1 }, c: 1 }, { a: 1, c: { d: 1 } })).toEqual({ a: 1, c: { d: 1 } })
    expect(mergeConfig({ a: [1] }, { a: { b: 1 } })).toEqual({ a: { b: 1 } })
  })

  it('do not reach the prototype', () => {
    const merged = mergeConfig({}, JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect((merged as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('hold for every pair: what the organization says is so, what it does not mention stays', () => {
    const verifyPair = (base: JsonObject, over: JsonObject, merged: JsonObject): void => {
      for (const key of new Set([...Object.keys(base), ...Object.keys(over)])) {
        const wanted = over[key]
        if (wanted === null) expect(merged).not.toHaveProperty([key])
        else if (wanted === undefined) expect(merged[key]).toEqual(base[key])
        else if (!isObject(wanted)) expect(merged[key]).toEqual(wanted)
        else verifyPair(isObject(base[key]) ? base[key] : {}, wanted, merged[key] as JsonObject)
      }
      const known = [...Object.keys(base), ...Object.keys(over)]
      expect(Object.keys(merged).filter((key) => !known.includes(key))).toEqual([])
    }
    const overs = [...configs(7, 150)]
    for (const [i, base] of [...configs(42, 150)].entries()) {
      const over = overs[i]!
      const copies = structuredClone([base, over])
      const merged = mergeConfig(base, over)
      verifyPair(base, over, merged)
      expect(mergeConfig(merged, over)).toEqual(merged)
      expect(mergeConfig(base, {})).toEqual(base)
      expect([base, over]).toEqual(copies)
    }
  })
})

describe('a configuration file', () => {
  it('passes what it does not know through', () => {
    const text = '{"auth": {"cognito": {"region": null, "x": 1}, "y": 2}, "own": [{"z": null}]}'
    expect(parseConfig(text, 'f')).toEqual(JSON.parse(text))
  })

  it.each([
    ['// note\n{}', 'f.json:1:1 comments'],
    ['{\n  /* note */\n  "a": 1\n}', 'f.json:2:3 comments'],
    ['{\n  "a": 1,\n}', 'f.json:2:9 a comma'],
    ['{"a": [1, 2, ]}', 'f.json:1:12 a comma'],
    ['{\n  "a": "x", // hunter2\n  "b": 1\n}', 'f.json:2:13 comments are not JSON'],
    ['{\n  # hunter2\n  "b": 1\n}', 'f.json:2:3 comments are not JSON'],
    ['\uFEFF{}', 'f.json:1:1 a byte order mark'],
    ['{\n  "a": hunter2\n}', 'f.json:2:8 is not valid JSON: a text needs double quotes'],
    ['{\n  "a": 1\n  "b": 2\n}', 'f.json:2:9 is not valid JSON: a comma is expected'],
    ['{\n  "a": {"b": 1,\n  "b": 2}\n}', 'f.json:3:3 "b" stands there twice'],
    ['['.repeat(90_000), 'f.json:1:1 is not valid JSON'],
    ['{\n  "a": tru\n}', 'f.json:2:8 is not valid JSON'],
    ['{\n  "a": 1\n  "b": 2\n}', 'f.json:2:'],
    ['{\n  "a": [1,\n  2', 'f.json:3:'],
    ['', 'f.json:1:1'],
    ['{"note": "a, }",\n "b": }', 'f.json:2:'],
  ])('that is broken is refused with line and column: %j', (text, where) => {
    const error = thrownBy(() => parseConfig(text, 'f.json'))
    expect(error.code).toBe('Usage')
    expect(error.message.slice(0, where.length)).toBe(where)
    expect(error.hint).toContain('f.json')
  })

  it.each([
    ['[]', 'an array'],
    ['"x"', 'string'],
    ['7', 'number'],
    ['{"auth": 3}', 'auth: '],
    ['{"auth": {"cognito": {"userPoolId": 3}}}', 'auth.cognito.userPoolId: '],
    ['{"cors": {"allowOrigins": "*"}}', 'cors.allowOrigins: '],
    ['{"cors": {"allowOrigins": [1]}}', 'cors.allowOrigins.0: '],
  ])('that holds the wrong thing is refused with the place in it: %s', (text, place) => {
    const error = thrownBy(() => parseConfig(text, 'f.json'))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`f.json`)
    expect(error.message).toContain(place)
  })

  it('that holds null is said to hold null', () => {
    expect(thrownBy(() => parseConfig('null', 'f.json')).message).toContain('null')
  })
})

describe('the password policy', () => {
  const policy = { minimumLength: 12, lowercase: true, uppercase: true, digits: true, symbols: true }
  it.each([
    ['Abcdefgh123!', []],
    ['Abcdefg123!', ['12 characters']],
    ['abcdefgh123!', ['an uppercase letter']],
    ['ABCDEFGH123!', ['a lowercase letter']],
    ['Abcdefghijk!', ['a digit']],
    ['Abcdefgh1234', ['a symbol']],
    ['', ['12 characters', 'an uppercase letter', 'a lowercase letter', 'a digit', 'a symbol']],
  ])('finds what %j lacks', (password, missing) => expect(missingFrom(password, policy)).toEqual(missing))

  it.each([...'^$*.[]{}()?"!@#%&/\\,><\':;|_~`=+-'])('takes %s for a symbol, as Cognito does', (symbol) => {
    expect(missingFrom(`Abcdefgh1234${symbol}`, policy)).toEqual([])
  })

  it('takes a space for a symbol inside a password, not at its ends, as Cognito does', () => {
    expect(missingFrom('Abcdefgh 1234', policy)).toEqual([])
    expect(missingFrom(' Abcdefgh1234', policy)).toEqual(['a symbol'])
  })

  it('asks for nothing that the pool does not ask for', () => {
    const loose = { minimumLength: 6, lowercase: false, uppercase: false, digits: false, symbols: false }
    expect(missingFrom('______', loose)).toEqual([])
    expect(describePolicy(loose)).toBe('at least 6 characters')
    expect(describePolicy(policy)).toBe(
      'at least 12 characters with an uppercase letter, a lowercase letter, a digit, a symbol',
    )
  })

  it('never names the password', () => expect(missingFrom('hunter2', policy).join()).not.toContain('hunter2'))

  it('is read from a template, and unknown where that has no pool', () => {
    const pool = (Properties: Record<string, unknown>) => ({
      Resources: { P: { Type: 'AWS::Cognito::UserPool', Properties } },
    })
    const PasswordPolicy = { MinimumLength: 14, RequireLowercase: true, RequireSymbols: true }
    expect(policyOfTemplate(pool({ Policies: { PasswordPolicy } }))).toEqual({
      minimumLength: 14,
      lowercase: true,
      uppercase: false,
      digits: false,
      symbols: true,
    })
    expect(policyOfTemplate(pool({}))).toBeUndefined()
    expect(policyOfTemplate({ Resources: {} })).toBeUndefined()
  })
})

describe('small facts', () => {
  it('equal values have one canonical JSON, whatever the order of their keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
    expect(canonicalJson({ b: 1, a: 2 })).toBe(canonicalJson({ a: 2, b: 1 }))
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
  })

  it('hashes are SHA-256', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256Base64(new TextEncoder().encode('abc'))).toBe('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')
  })

  it.each([
    ['1.170.0', '1.170.0', true],
    ['1.170.0', '1.9.0', true],
    ['1.9', '1.9.0', true],
    ['1.9', '1.9.1', false],
    ['2', '1.99.99', true],
    ['0.9.30', '0.10', false],
  ])('version %s is at least %s: %s', (a, b, expected) => expect(isAtLeast(a, b)).toBe(expected))

  it('a version is found in what a tool prints', () => {
    expect(versionIn('SAM CLI, version 1.170.0')).toBe('1.170.0')
    expect(versionIn('uv 0.9.30 (abc 2025)')).toBe('0.9.30')
    expect(versionIn('none here')).toBeUndefined()
  })

  it('waits double up to a limit', () => {
    const waits = doubling(100, 500)
    expect(Array.from({ length: 5 }, () => waits.next().value)).toEqual([100, 200, 400, 500, 500])
    expect(doubling(900, 500).next().value).toBe(500)
  })
})
