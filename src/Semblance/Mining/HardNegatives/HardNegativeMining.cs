namespace Semblance;

/// <summary>
/// Finds texts that are close to an anchor and are none of its positives: what a model learns most from. The rules are those
/// of sentence-transformers' <c>mine_hard_negatives</c>.
/// </summary>
/// <remarks>
/// For each anchor the closest texts are found by exact search; its positives are put aside; a margin to its worst positive
/// and limits of the score reject some; of what is left the first <see cref="HardNegativeOptions.RangeMin"/> are left out and
/// <see cref="HardNegativeOptions.NumNegatives"/> taken. Anchors and texts that come several times are encoded once: an
/// anchor with several positives has them all, and a pair that comes twice is one. A cross-encoder, where one is given, scores positives and candidates anew, so
/// margins, limits and order are by its scores (sentence-transformers asks it only where a margin or a maximum is set).
/// </remarks>
public static class HardNegativeMining
{
    /// <summary>Mines negatives for pairs.</summary>
    /// <param name="model">What finds candidates.</param>
    /// <param name="pairs">Anchors and their positives.</param>
    /// <param name="options">Which texts to take; null for the three closest.</param>
    /// <param name="corpus">Where to look for negatives beside the positives; null for these alone.</param>
    /// <param name="crossEncoder">What scores candidates and positives, with one label; null for the model.</param>
    /// <param name="progress">Hears the part of the work that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">There is no pair, a text is null, an option is out of range, or the cross-encoder has several labels.</exception>
    public static HardNegatives Mine(
        SentenceTransformer model,
        IReadOnlyList<(string Anchor, string Positive)> pairs,
        HardNegativeOptions? options = null,
        IReadOnlyList<string>? corpus = null,
        CrossEncoder? crossEncoder = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        options ??= new HardNegativeOptions();
        options.Check();
        Check(pairs, corpus, crossEncoder);

        var texts = new OrderedDictionary<string, int>(); // to its place
        foreach (var text in (corpus ?? []).Concat(pairs.Select(pair => pair.Positive)))
        {
            texts.TryAdd(text, texts.Count);
        }

        var anchors = new OrderedDictionary<string, List<int>>(); // to the places of its positives, in the order of the pairs
        foreach (var (anchor, positive) in pairs)
        {
            if (!anchors.TryGetValue(anchor, out var positives))
            {
                anchors.Add(anchor, positives = []);
            }

            if (!positives.Contains(texts[positive]))
            {
                positives.Add(texts[positive]);
            }
        }

        var work = new ProgressCounter(progress, 2L * (texts.Count + anchors.Count) + (crossEncoder is null ? 0 : anchors.Count));
        var documents = model.EncodeDocument([.. texts.Keys], options.Corpus with { Normalize = true }, new Parts(work), cancellationToken).Vectors;
        var queries = model.EncodeQuery([.. anchors.Keys], options.Queries with { Normalize = true }, new Parts(work), cancellationToken).Vectors;
        var most = anchors.Values.Max(positives => positives.Count);
        var search = new SearchOptions { TopK = (int)Math.Min(texts.Count, (long)options.Range(most) + most), Similarity = model.Config.SimilarityFunction };
        var hits = SemanticSearch.Search(queries, documents, search, null, cancellationToken);
        work.Add(texts.Count + anchors.Count);

        var selection = new NegativeSelection(options, options.Range(most));
        var mined = new List<MinedPair>(pairs.Count);
        for (var i = 0; i < hits.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (anchor, positives) = anchors.GetAt(i);
            var scores = crossEncoder is null
                ? Array.ConvertAll([.. positives], positive => Similarity.Of(queries.Row(i), documents.Row(positive), search.Similarity))
                : Rescore(crossEncoder, options.CrossEncoder, anchor, texts, positives, hits[i], cancellationToken);
            MinedNegative[] negatives = [.. selection.Of(hits[i], positives, scores.Min()).Select(hit => new MinedNegative(texts.GetAt(hit.Index).Key, hit.Score))];
            mined.AddRange(positives.Zip(scores, (positive, score) => new MinedPair(anchor, texts.GetAt(positive).Key, score, negatives)));
            work.Add(crossEncoder is null ? 0 : 1);
        }

        return new HardNegatives(mined, anchors.Count, options.NumNegatives, selection.Candidates, selection.Rejected);
    }

    private static void Check(IReadOnlyList<(string Anchor, string Positive)> pairs, IReadOnlyList<string>? corpus, CrossEncoder? crossEncoder)
    {
        if (pairs.Count == 0)
        {
            throw new ArgumentException("There is nothing to mine for: the list of pairs is empty.", nameof(pairs));
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Anchor is null || pairs[i].Positive is null)
            {
                throw new ArgumentException($"A text of pair {i} is null.", nameof(pairs));
            }
        }

        if (corpus?.Contains(null!) == true)
        {
            throw new ArgumentException("A text of the corpus is null.", nameof(corpus));
        }

        if (crossEncoder is { Labels.Count: not 1 })
        {
            throw new ArgumentException(
                $"The cross-encoder has {crossEncoder.Labels.Count} labels ({string.Join(", ", crossEncoder.Labels)}), so no score says how alike two texts are; use one with one label.", nameof(crossEncoder));
        }
    }

    // Puts the cross-encoder's scores into the hits, best first again, and returns those of the positives.
    private static float[] Rescore(
        CrossEncoder crossEncoder, PredictOptions options, string anchor, OrderedDictionary<string, int> texts, List<int> positives, SearchHit[] hits, CancellationToken cancellationToken)
    {
        var places = positives.Concat(hits.Select(hit => hit.Index));
        var predictions = crossEncoder.Predict([.. places.Select(place => (anchor, texts.GetAt(place).Key))], options, null, cancellationToken);
        var scores = predictions.Scores.Values.ToArray();
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] = hits[i] with { Score = scores[positives.Count + i] };
        }

        Array.Sort(hits, Selection.Order<SearchHit>());
        return scores[..positives.Count];
    }

    // The encoder says how many texts are done so far.
    private sealed class Parts(ProgressCounter work) : IProgress<EncodeProgress>
    {
        private readonly Lock _gate = new();
        private int _done;

        public void Report(EncodeProgress value)
        {
            lock (_gate)
            {
                work.Add(Math.Max(0, value.Done - _done));
                _done = Math.Max(_done, value.Done);
            }
        }
    }
}
