import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { chromiumPlaces, howToGetChromium } from './chromium.js'

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

const chromiumProgram = chromiumPlaces(process.env).find((place) => existsSync(place))

/** A headless Chromium with a profile of its own, which is gone with it. */
export async function openBrowser(): Promise<Browser> {
  if (chromiumProgram === undefined) throw new Error(`no Chromium on this machine: ${howToGetChromium}`)
  return chromium.launch({ executablePath: chromiumProgram, args: flags })
}
