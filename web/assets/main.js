// Loads the module of the page. Says so where a browser cannot; the pages stay readable without it.
const note = document.getElementById('module-note');
const address = document.querySelector('meta[name=bytebiota-module]').content;

try {
  const { default: init } = await import(address);
  await init();
} catch (error) {
  console.error(error);
  note.textContent = 'The live part of this page could not start in this browser. A newer one, or a reload, may help.';
  note.hidden = false;
}
