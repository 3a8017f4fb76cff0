import path from 'node:path'

const programs = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const onMacOs = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** Where a Chromium may be on this machine, best first: what CHROMIUM names, else whatever PATH has. */
export function chromiumPlaces(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = environment['CHROMIUM']
  if (named !== undefined && named !== '') return [named]
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '')
  return [...folders.flatMap((folder) => programs.map((program) => path.join(folder, program))), onMacOs]
}

export const howToGetChromium = 'apt-get install chromium (or your system’s way), or CHROMIUM=/path/to/chromium'
