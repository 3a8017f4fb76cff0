import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from '@jest/globals'
import ts from 'typescript'
import { callablesOf } from '../../scripts/commands/command.js'
import { commands } from '../../scripts/commands/index.js'
import { nextCommand } from '../../scripts/core/next-command.js'
import { flawsOf } from '../support/flaws.js'

/** Words that follow "make" in our sentences and are no targets. */
const prose = ['the', 'himself', 'target', 'targets']
/** Some hints name what deletes data beside another way: here each counts, whatever it does. */
const table = new Map([...callablesOf(commands)].map(([name, one]) => [name, { ...one, destroys: false }] as const))
const typed = { command: 'help', inputs: { ENV: 'dev', ORG: 'myorg', CLOUD: 'local', PROJECT_DIR: '../my shop' } }

const files = readdirSync('scripts', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => path.join('scripts', name))

/** What a source says: its strings, with `…` for whatever is computed. */
function stringsOf(file: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text)
    if (ts.isCallExpression(node) && node.expression.getText() === 'commandFor') found.push(callOf(node))
    if (ts.isTemplateExpression(node)) {
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…'))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true))
  return found
}

/** `commandFor('rs-why', target, { RELEASE: '7' })` as it is printed, as far as it says so itself. */
function callOf({ arguments: [name, , further] }: ts.CallExpression): string {
  const variables = further !== undefined && ts.isObjectLiteralExpression(further) ? further.properties : []
  const given = variables.map((one) => ` ${one.name?.getText() ?? ''}=…`)
  return name !== undefined && ts.isStringLiteral(name) ? `make ${name.text} ENV=dev ORG=myorg${given.join('')}` : ''
}

/** Each command of a text as it is printed; those whose name is computed are told by their own tests. */
function printedIn(text: string): string[] {
  return text.split(/\bmake (?=[a-z])/).flatMap((rest, i) => {
    const name = /^[\w-]*/.exec(rest)?.[0] ?? ''
    if (i === 0 || prose.includes(name) || rest.startsWith(`${name}…`)) return []
    return [table.has(name) ? nextCommand(`make ${rest}`, typed, table) : `make ${name}`]
  })
}

describe('what the sources tell people to type', () => {
  const told = files.flatMap((file) => stringsOf(file).flatMap((text) => printedIn(text).map((one) => [file, one])))

  it('is found', () => expect(told.length).toBeGreaterThan(150))

  it('is a whole command: known, with what it needs, and with nothing that it does not take', () => {
    expect(told.flatMap(([file, one = '']) => flawsOf(one).map((flaw) => `${file}: ${flaw}`))).toEqual([])
  })

  it('is never bare words that a shell takes for something else', () => {
    const raw = files.flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(/make [^`]*\b(?:USER_NAME|FILE|FRONTEND_DIR)=\$\{(?!shellWord)[^}]*\}/g),
      ].map(([text]) => `${file}: ${text}`),
    )
    expect(raw).toEqual([])
    expect(told.filter(([, one = '']) => /[<>|&;`]/.test(one))).toEqual([])
  })
})
