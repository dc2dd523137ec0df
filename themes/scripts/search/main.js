// The search over any page: app.js loads this when somebody first asks for it.
import { Dialog } from "./dialog.js";
import { index, site, words } from "./loading.js";

let dialog;

/** Shows the dialog with what ``typed`` gives. Rejects where its words cannot be loaded. */
async function open(typed = () => "") {
  index().catch(() => {}); // comes while the words do; seeking tells what is wrong
  const texts = dialog ? null : await words();
  dialog ??= new Dialog(site(texts));
  dialog.show(typed());
}

globalThis.knowrepoSearch = { open };
