namespace Semblance.Training.Recipes;

/// <summary>Texts that do not answer, added to rows of a question and its answer: drawn from the other answers, or those that a search finds.</summary>
internal static class RecipeNegatives
{
    /// <summary>Adds negatives to rows.</summary>
    /// <param name="node">One way to find them, or a list of ways whose negatives stand side by side.</param>
    /// <param name="rows">Rows of two texts; a label is the number of a group.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public static IReadOnlyList<Example> Add(RecipeNode node, IReadOnlyList<Example> rows, int seed, CancellationToken cancellationToken)
    {
        if (rows.Any(row => row.Texts.Count != 2 || row.Score is not null || row.Targets is not null))
        {
            throw node.Fault("'negatives' are for rows of two texts without score or label, a question and its answer.");
        }

        var ways = node.Items().Select((way, i) => One(way.Only("from", "count", "within", "skip"), rows, seed + i, cancellationToken)).ToArray();
        return [.. rows.Select((row, i) => new Example([.. row.Texts, .. ways.SelectMany(way => way[i]).Distinct()])).Where(row => row.Texts.Count > 2)];
    }

    private static IReadOnlyList<IReadOnlyList<string>> One(RecipeNode node, IReadOnlyList<Example> rows, int seed, CancellationToken cancellationToken)
    {
        var count = node.Get("count").Count();
        var from = node.Get("from").Text();
        if (from == "random")
        {
            return SampledNegatives.Random(rows, count, seed);
        }

        var skip = node.Find("skip")?.Number(0, int.MaxValue) ?? 0;
        var within = node.Find("within")?.Number(count, int.MaxValue) ?? count;
        return SampledNegatives.Hard(
            rows,
            answers => from == "bm25" ? new Bm25Index(answers) : new DenseRetriever(SentenceTransformer.Load(from), answers, null, null, cancellationToken),
            count, skip, within, seed, cancellationToken);
    }
}
