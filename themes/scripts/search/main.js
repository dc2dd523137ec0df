// The search over any page: app.js loads this when somebody first asks for it.
import { Dialog } from "./dialog.js";
import { site, words } from "./loading.js";

let dialog;

/** Shows the dialog with what ``typed`` gives. Rejects where its words cannot be loaded. */
async function open(typed = () => "") {
  const texts = dialog ? null : await words();
  dialog ??= new Dialog(site(texts));
  dialog.show(typed());
}

globalThis.knowrepoSearch = { open };
