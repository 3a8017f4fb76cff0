import path from 'node:path'
import { watch } from 'chokidar'
import type { Watcher } from '../ports.js'

/** What editors and Python leave beside a file while it is saved or run. */
const passing =
  /(^|\/)(__pycache__|\.git|\.pytest_cache|\.mypy_cache|\.ruff_cache|4913)(\/|$)|(~|\.sw[a-z]|\.pyc|\.tmp)$|\/\.#/

/** Watches files below `root`; what is told is relative to it. */
export function makeWatcher(root: string): Watcher {
  return {
    async watch(paths, onChange) {
      const watching = watch([...paths], { cwd: root, ignoreInitial: true, ignored: (file) => passing.test(file) })
      watching.on('all', (event, file) => {
        if (event !== 'addDir') onChange(file.split(path.sep).join('/'))
      })
      await new Promise<void>((resolve, reject) => watching.once('ready', resolve).once('error', reject))
      // One folder that cannot be read any more must not end the watch over all others.
      watching.on('error', () => undefined)
      return { close: () => watching.close() }
    },
  }
}
