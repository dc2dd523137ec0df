// The facets of a result: how many of the posts that were found have each tag, author, year …
/** For each facet [value, number of posts, name], the most frequent first. */
export async function counted(files, hits) {
  const columns = await files.columnsOfAll();
  if (!columns) return null;
  const found = {};
  for (const name of ["tag", "author", "folder", "kind", "lang"]) {
    const [values, names, rows] = columns[name];
    const counts = new Map();
    for (const { post } of hits) for (const number of rows[post]) counts.set(number, (counts.get(number) ?? 0) + 1);
    found[name] = [...counts].map(([number, count]) => [values[number], count, names[number]]).sort(byCount);
  }
  const years = new Map();
  for (const { post } of hits) {
    if (columns.days[post] < 0) continue;
    const year = String(new Date(columns.days[post] * 86_400_000).getUTCFullYear());
    years.set(year, (years.get(year) ?? 0) + 1);
  }
  found.year = [...years].map(([year, count]) => [year, count, year]).sort(([one], [other]) => (one < other ? 1 : -1));
  return found;
}

const byCount = ([one, first], [other, second]) => second - first || (one < other ? -1 : 1);
