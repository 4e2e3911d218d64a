// One Web Worker computes for one slot. The module tells the page when it is ready to be spoken to.
import init, { run_units } from '{{asset:worker_wasm.js}}';

await init();
run_units();
