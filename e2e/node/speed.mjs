// Prints million ticks per second of the worker's module in Node, median of three. Compares nothing.
// Usage: node speed.mjs FOLDER_WITH_worker.mjs_AND_worker.wasm [million ticks to grow] [million ticks to measure]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, grown = '100', measured = '40'] = process.argv.slice(2);
const { initSync, bench } = await import(pathToFileURL(join(modules, 'worker.mjs')));
initSync({ module: readFileSync(join(modules, 'worker.wasm')) });

const runs = [1, 2, 3].map(() => bench(Number(grown) * 1e6, Number(measured) * 1e6) / 1e6).sort((a, b) => a - b);
console.log(`${runs[1].toFixed(0)} M ticks/s (wall clock, median of three)`);
