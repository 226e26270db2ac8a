using System.Text.Json;

namespace Semblance.Training;

/// <summary>Writes training rows for queries: negatives that the model and BM25 find, and a teacher's margins.</summary>
internal static class PseudoLabels
{
    private const int Within = 50; // the number of hits that negatives are sampled from, as in GPL
    private const int QueriesOfPart = 512;
    private const int Sample = 512;

    /// <summary>Samples negatives from the hits of the model and of BM25; passages of the same document are not negatives.</summary>
    /// <param name="model">The model.</param>
    /// <param name="queries">The queries with their passages; the label is the document.</param>
    /// <param name="count">The number of negatives of a query.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The negatives of each query.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Negatives(
        SentenceTransformer model, IReadOnlyList<Example> queries, int count, int seed, CancellationToken cancellationToken)
    {
        var byModel = SampledNegatives.Hard(
            queries, texts => new DenseRetriever(model, texts, null, null, cancellationToken), (count + 1) / 2, 0, Within, seed,
            cancellationToken);
        var byWords = count == 1 ? [] : SampledNegatives.Hard(
            queries, texts => new Bm25Index(texts), count / 2, 0, Within, seed + 1, cancellationToken);
        return [.. queries.Select((_, i) => byWords.Count == 0 ? byModel[i] : [.. byModel[i].Concat(byWords[i]).Distinct()])];
    }

    /// <summary>Writes a row for each query and negative: <c>query</c>, <c>positive</c>, <c>negative</c> and, with a teacher, <c>margin</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="queries">The queries with their passages.</param>
    /// <param name="negatives">The negatives of each query.</param>
    /// <param name="judge">The teacher; <see langword="null"/> for rows without margins.</param>
    /// <param name="scaleTo">The model whose margins the teacher's are scaled to; <see langword="null"/> to keep them.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation. A later call continues.</param>
    public static void Write(
        string path, IReadOnlyList<Example> queries, IReadOnlyList<IReadOnlyList<string>> negatives, PassageJudge? judge,
        SentenceTransformer? scaleTo, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        (Example Row, IReadOnlyList<string> Negatives)[] items = [.. queries.Zip(negatives).Where(item => item.Second.Count > 0)];
        if (judge is not null && scaleTo is not null && !File.Exists(path))
        {
            var step = Math.Max(1, items.Length / Sample);
            judge.ScaleTo(
                scaleTo,
                [.. items.Where((_, i) => i % step == 0).Select(item => (item.Row.Texts[0], item.Row.Texts[1], item.Negatives[^1]))],
                cancellationToken);
        }

        RowParts.Write(path, items, QueriesOfPart, (part, _) => Rows(part, judge, cancellationToken), progress, cancellationToken);
    }

    private static IEnumerable<Action<Utf8JsonWriter>> Rows(
        (Example Row, IReadOnlyList<string> Negatives)[] items, PassageJudge? judge, CancellationToken cancellationToken)
    {
        var scores = judge?.Score(
            [.. items.SelectMany(item => item.Negatives.Prepend(item.Row.Texts[1]).Select(passage => (item.Row.Texts[0], passage)))],
            cancellationToken);
        var next = 0;
        foreach (var (row, negatives) in items)
        {
            var positive = next++;
            foreach (var negative in negatives)
            {
                float? margin = scores is null ? null : scores[positive] - scores[next];
                next++;
                yield return json =>
                {
                    json.WriteString("query", row.Texts[0]);
                    json.WriteString("positive", row.Texts[1]);
                    json.WriteString("negative", negative);
                    if (margin is { } value)
                    {
                        json.WriteNumber("margin", value);
                    }
                };
            }
        }
    }
}
