import { describe, expect, it } from '@jest/globals'
import type { Event } from '../../scripts/report/events.js'
import { type ScreenOptions, listenersFor } from '../../scripts/report/screen.js'

describe('a result that is empty', () => {
  it('is no line', () => {
    let text = ''
    const screen = { out: (more: string) => (text += more), err: () => undefined, redraws: false }
    for (const animated of [true, false]) {
      const listeners = listenersFor({ json: false, colour: false, animated, columns: 80, screen }, [])
      for (const listener of listeners) listener({ type: 'result', text: '', data: [] })
    }
    expect(text).toBe('')
  })
})

describe('a result that comes again', () => {
  const twice: Event[] = [
    { type: 'result', text: 'one', data: 1 },
    { type: 'result', text: 'two', data: 2, again: true },
  ]
  const out = (over: Partial<ScreenOptions>, redraws: boolean): string => {
    let text = ''
    const screen = { out: (more: string) => (text += more), err: () => undefined, redraws }
    const options = { json: false, colour: false, animated: false, columns: 80, screen, ...over }
    for (const listener of listenersFor(options, [])) for (const event of twice) listener(event)
    return text
  }

  it('takes the place of the one before where a person looks, and is set apart elsewhere', () => {
    expect(out({ animated: true }, true)).toBe('one\n\u001B[H\u001B[2Jtwo\n')
    expect(out({ animated: true }, false)).toBe('one\n---\ntwo\n')
    expect(out({}, true)).toBe('one\n---\ntwo\n')
    expect(out({ json: true }, true)).toBe('{"type":"result","data":1}\n{"type":"result","data":2}\n')
  })
})
