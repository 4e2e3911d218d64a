// Loads the page module. Says so where a browser cannot; the pages stay readable without it.
import init from '{{asset:web.js}}';

init().catch((error) => {
  console.error(error);
  const note = document.getElementById('module-note');
  note.textContent = 'The live part of this page could not start in this browser. A newer one, or a reload, may help.';
  note.hidden = false;
});
