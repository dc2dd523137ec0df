// Runs before the page is drawn: the colours that the reader has chosen, so that none of the others flash by.
import { chosen, show } from "./colours.js";

show(chosen());
