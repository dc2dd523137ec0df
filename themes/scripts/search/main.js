// The search over any page: app.js loads this when somebody first asks for it.
import { Dialog } from "./dialog.js";
import { fetched, site } from "./loading.js";

let dialog;

/** Shows the dialog with what ``typed`` gives. Rejects where its words cannot be loaded. */
async function open(typed = () => "") {
  const texts = dialog ? null : await (await fetched(JSON.parse(document.body.dataset.search).texts)).json();
  dialog ??= new Dialog(site(texts));
  dialog.show(typed());
}

globalThis.knowrepoSearch = { open };
