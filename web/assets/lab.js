// A Web Worker in which one lab lives. The module tells the page when it is ready to be spoken to.
import init, { run_lab } from '{{asset:lab_wasm.js}}';

await init();
run_lab();
