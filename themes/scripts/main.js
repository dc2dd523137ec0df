// The one script of every page. Nothing on a page needs it: it makes plain tables sortable, pictures large, outputs interactive.
import * as code from "./code.js";
import * as contents from "./contents.js";
import * as dates from "./dates.js";
import * as finder from "./finder.js";
import * as frames from "./frames.js";
import * as keys from "./keys.js";
import * as marks from "./marks.js";
import * as maths from "./maths.js";
import * as menus from "./menus.js";
import * as pictures from "./pictures.js";
import * as scheme from "./switch.js";
import * as tables from "./tables.js";
import * as talk from "./talk.js";

for (const part of [scheme, keys, finder, dates, code, contents, menus, tables, pictures, maths, frames, talk, marks]) part.start();
