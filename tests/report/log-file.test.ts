import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openLogFile } from '../../scripts/report/log-file.js'

const now = (): Date => new Date('2026-03-04T05:06:07.890Z')

describe('the log of a run', () => {
  let project: string
  const logs = (): string => path.join(project, '.rs', 'logs')

  beforeEach(() => void (project = mkdtempSync(path.join(tmpdir(), 'log-'))))
  afterEach(() => rmSync(project, { recursive: true }))

  it('closes with code word, exit code and duration', () => {
    const log = openLogFile(project, 'rs-deploy', now)
    log.listener({ type: 'note', text: 'something' })
    log.close(3, 'Interrupted', 61_000)
    const lines = readFileSync(path.join(project, log.path), 'utf8').trimEnd().split('\n')
    expect(lines[0]).toContain('something')
    expect(lines.at(-1)).toMatch(/^2026-03-04T05:06:07.890Z closed: Interrupted, exit 3, after \S/)
  })

  it('is asked for before anything is done: a folder that is none is a mistake of the user', () => {
    mkdirSync(path.dirname(logs()))
    writeFileSync(logs(), '')
    expect(() => openLogFile(project, 'rs-deploy', now)).toThrow('the log cannot be written: ')
  })

  it('ends no run when it cannot be written any more', () => {
    const log = openLogFile(project, 'rs-deploy', now)
    rmSync(logs(), { recursive: true })
    log.listener({ type: 'note', text: 'something' })
    log.close(0, 'Done', 1)
    expect(existsSync(logs())).toBe(false)
  })

  it('does not hold a result, which may be a token', () => {
    const log = openLogFile(project, 'get-rs-token', now)
    log.listener({ type: 'result', text: 'secret-token', data: 'secret-token' })
    log.close(0, 'Done', 1)
    expect(readFileSync(path.join(project, log.path), 'utf8')).not.toContain('secret-token')
  })

  it('is kept with the ninety-nine before it; older ones go, other files stay', () => {
    mkdirSync(logs(), { recursive: true })
    for (let i = 0; i < 130; i++) writeFileSync(path.join(logs(), `2025-01-01T${String(i).padStart(3, '0')}.log`), '')
    writeFileSync(path.join(logs(), 'notes.txt'), '')
    openLogFile(project, 'rs-deploy', now).close(0, 'Done', 1)
    const kept = readdirSync(logs())
    expect(kept.filter((name) => name.endsWith('.log'))).toHaveLength(100)
    expect(kept).toContain('notes.txt')
    expect(kept.sort()[0]).toBe('2025-01-01T031.log')
  })
})
