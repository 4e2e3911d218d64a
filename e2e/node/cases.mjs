// Runs every golden case in Node and prints one JSON object: name of the case -> digest. Compares nothing.
// Usage: node cases.mjs FOLDER_WITH_worker.mjs_AND_worker.wasm FOLDER_OF_CASES
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, cases] = process.argv.slice(2);
const { initSync, run_case } = await import(pathToFileURL(join(modules, 'worker.mjs')));
initSync({ module: readFileSync(join(modules, 'worker.wasm')) });

const digests = {};
for (const entry of readdirSync(cases, { withFileTypes: true })) {
  if (entry.isDirectory()) {
    digests[entry.name] = run_case(readFileSync(join(cases, entry.name, 'assignment.bin')));
  }
}
process.stdout.write(JSON.stringify(digests));
