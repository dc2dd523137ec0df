// Runs before the page is drawn: the colours that the reader has chosen, so that none of the others flash by, and what waits for the rest of the page.
import { chosen, show } from "./colours.js";
import * as formulas from "./formulas.js";

show(chosen());
formulas.wait();
