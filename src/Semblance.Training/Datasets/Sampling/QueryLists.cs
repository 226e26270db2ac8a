namespace Semblance.Training;

/// <summary>Creates rows of one query and all its candidates from files with one row per candidate.</summary>
public static class QueryLists
{
    /// <summary>Groups the candidates by query; the rows of a query need not be adjacent.</summary>
    /// <param name="rows">The rows, with two texts each, the query and a candidate, and a score or a label as the relevance.</param>
    /// <returns>
    /// The query and its candidates, with one target per candidate in descending order, for each query in the order of first occurrence.
    /// </returns>
    /// <exception cref="ArgumentException">A row does not have two texts and a score or label.</exception>
    public static IReadOnlyList<Example> From(IEnumerable<Example> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var lists = new OrderedDictionary<string, List<(string Text, float Relevance)>>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Texts.Count != 2 || (row.Score ?? row.Label) is not { } relevance)
            {
                throw new ArgumentException(
                    $"A row has {row.Texts.Count} texts{(row.Score is null && row.Label is null ? " and neither score nor label" : "")}; "
                    + "a query, a candidate and its relevance are expected.",
                    nameof(rows));
            }

            lists.TryAdd(row.Texts[0], []);
            lists[row.Texts[0]].Add((row.Texts[1], relevance));
        }

        return [.. lists.Select(list =>
        {
            var ranked = list.Value.OrderByDescending(candidate => candidate.Relevance).ToArray();
            return new Example([list.Key, .. ranked.Select(candidate => candidate.Text)])
            {
                Targets = [.. ranked.Select(candidate => candidate.Relevance)],
            };
        })];
    }
}
