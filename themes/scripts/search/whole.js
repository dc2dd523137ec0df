// The script of the search's own page.
import { site } from "./loading.js";
import { SearchPage } from "./page.js";

const place = document.querySelector("main div[data-search-page]");
if (place) new SearchPage(site(JSON.parse(place.dataset.words)), place).start();
