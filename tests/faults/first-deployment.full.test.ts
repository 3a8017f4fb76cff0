import { holdCutMatrix } from './support/cut-matrix.js'

await holdCutMatrix('a first deployment', 'first')
