// The second script of the feed: its filters, and its views as a table and as a tree.
import * as feed from "./feed.js";

feed.start();
