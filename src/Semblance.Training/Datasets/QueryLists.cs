namespace Semblance.Training;

/// <summary>Rows of one query and all its candidates, from files with a row for each candidate.</summary>
public static class QueryLists
{
    /// <summary>Gathers the candidates of each query; its rows may lie anywhere.</summary>
    /// <param name="rows">Rows of two texts, the query and a candidate, with a score or a label that says how relevant it is.</param>
    /// <returns>For each query in its first order the query and its candidates, with a target for each, the most relevant first.</returns>
    /// <exception cref="ArgumentException">A row does not have two texts and a score or label.</exception>
    public static IReadOnlyList<Example> From(IEnumerable<Example> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var lists = new OrderedDictionary<string, List<(string Text, float Relevance)>>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Texts.Count != 2 || (row.Score ?? row.Label) is not { } relevance)
            {
                throw new ArgumentException($"A row has {row.Texts.Count} texts{(row.Score is null && row.Label is null ? " and neither score nor label" : "")}; a query, a candidate and its relevance are expected.", nameof(rows));
            }

            lists.TryAdd(row.Texts[0], []);
            lists[row.Texts[0]].Add((row.Texts[1], relevance));
        }

        return [.. lists.Select(list =>
        {
            var ranked = list.Value.OrderByDescending(candidate => candidate.Relevance).ToArray();
            return new Example([list.Key, .. ranked.Select(candidate => candidate.Text)]) { Targets = [.. ranked.Select(candidate => candidate.Relevance)] };
        })];
    }
}
