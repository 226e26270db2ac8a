namespace Semblance.Training.Recipes;

/// <summary>Adds negatives to rows of a question and its answer: other answers, sampled at random or found by a search.</summary>
internal static class RecipeNegatives
{
    /// <summary>Adds negatives to rows.</summary>
    /// <param name="node">One source of negatives, or a list of sources whose negatives are concatenated.</param>
    /// <param name="rows">The rows of two texts; a label is the index of a group.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static IReadOnlyList<Example> Add(RecipeNode node, IReadOnlyList<Example> rows, int seed, CancellationToken cancellationToken)
    {
        if (rows.Any(row => row.Texts.Count != 2 || row.Score is not null || row.Targets is not null))
        {
            throw node.Fault("'negatives' are for rows of two texts without score or label, a question and its answer.");
        }

        var ways =
            node.Items().Select((way, i) => One(way.Only("from", "count", "within", "skip"), rows, seed + i, cancellationToken)).ToArray();
        string[][] found = [.. rows.Select((_, i) => ways.SelectMany(way => way[i]).Distinct().ToArray())];
        var most = found.Max(negatives => negatives.Length);

        // The rows of a batch have equally many texts, so a row with fewer negatives repeats them.
        return
        [
            .. rows.Zip(found)
                .Where(pair => pair.Second.Length > 0)
                .Select(pair => new Example(
                    [.. pair.First.Texts, .. Enumerable.Range(0, most).Select(i => pair.Second[i % pair.Second.Length])])),
        ];
    }

    private static IReadOnlyList<IReadOnlyList<string>> One(
        RecipeNode node, IReadOnlyList<Example> rows, int seed, CancellationToken cancellationToken)
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
            answers => from == "bm25"
                ? new Bm25Index(answers)
                : new DenseRetriever(SentenceTransformer.Load(from), answers, null, null, cancellationToken),
            count, skip, within, seed, cancellationToken);
    }
}
