namespace Semblance;

/// <summary>
/// Mines hard negatives: texts that are similar to an anchor but are not its positives. The rules are those
/// of sentence-transformers' <c>mine_hard_negatives</c>.
/// </summary>
/// <remarks>
/// For each anchor, exact search finds the nearest texts. Its positives are removed; margins to its worst positive and score limits reject
/// some of the rest; then the first <see cref="HardNegativeOptions.RangeMin"/> are skipped and
/// <see cref="HardNegativeOptions.NumNegatives"/> are selected. Anchors and texts that occur several times are encoded once: an anchor with
/// several positives has all of them, and duplicate pairs count once. A cross-encoder, if given, rescores positives and candidates, so
/// margins, limits and order are by its scores (sentence-transformers uses it only if a margin or a maximum is set).
/// </remarks>
public static class HardNegativeMining
{
    /// <summary>Mines negatives for pairs.</summary>
    /// <param name="model">The model that finds candidates.</param>
    /// <param name="pairs">The anchors and their positives.</param>
    /// <param name="options">The mining options; <see langword="null"/> for the three nearest texts.</param>
    /// <param name="corpus">
    /// The texts to search for negatives in addition to the positives; <see langword="null"/> for the positives only.
    /// </param>
    /// <param name="crossEncoder">
    /// The cross-encoder with one label that rescores candidates and positives; <see langword="null"/> for the scores of the model.
    /// </param>
    /// <param name="progress">Receives the completed fraction of the work, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// There are no pairs, a text is null, an option is out of range, or the cross-encoder has several labels.
    /// </exception>
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

        var texts = new OrderedDictionary<string, int>(); // maps a text to its index
        foreach (var text in (corpus ?? []).Concat(pairs.Select(pair => pair.Positive)))
        {
            texts.TryAdd(text, texts.Count);
        }

        // Maps an anchor to the indices of its positives, in the order of the pairs.
        var anchors = new OrderedDictionary<string, List<int>>();
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

        var most = anchors.Values.Max(positives => positives.Count);
        var nearest = (int)Math.Min(texts.Count, (long)options.Range(most) + most);
        var pairsOfAnchor = crossEncoder is null ? 0 : nearest + most; // a pair takes about as long as a text
        var work = new ProgressCounter(progress, (2L * (texts.Count + anchors.Count)) + ((long)anchors.Count * pairsOfAnchor));
        var documents = model.EncodeDocument(
            [.. texts.Keys], options.Corpus with { Normalize = true }, new Parts(work), cancellationToken).Vectors;
        var queries = model.EncodeQuery(
            [.. anchors.Keys], options.Queries with { Normalize = true }, new Parts(work), cancellationToken).Vectors;
        var search = new SearchOptions { TopK = nearest, Similarity = model.Config.SimilarityFunction };
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
            MinedNegative[] negatives = [.. selection.Of(hits[i], positives, scores.Min()).Select(
                hit => new MinedNegative(texts.GetAt(hit.Index).Key, hit.Score))];
            mined.AddRange(positives.Zip(scores, (positive, score) => new MinedPair(anchor, texts.GetAt(positive).Key, score, negatives)));
            work.Add(pairsOfAnchor);
        }

        return new HardNegatives(mined, anchors.Count, options.NumNegatives, selection.Candidates, selection.Rejected);
    }

    private static void Check(
        IReadOnlyList<(string Anchor, string Positive)> pairs, IReadOnlyList<string>? corpus, CrossEncoder? crossEncoder)
    {
        if (pairs.Count == 0)
        {
            throw new ArgumentException("The list of pairs is empty; give at least one pair.", nameof(pairs));
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
                $"The cross-encoder has {crossEncoder.Labels.Count} labels ({string.Join(", ", crossEncoder.Labels)}), so no score is a " +
                "similarity of two texts; use a model with one label.", nameof(crossEncoder));
        }
    }

    // Replaces the scores of the hits by those of the cross-encoder, sorts the hits, and returns the scores of the positives.
    private static float[] Rescore(
        CrossEncoder crossEncoder,
        PredictOptions options,
        string anchor,
        OrderedDictionary<string, int> texts,
        List<int> positives,
        SearchHit[] hits,
        CancellationToken cancellationToken)
    {
        var places = positives.Concat(hits.Select(hit => hit.Index));
        var predictions = crossEncoder.Predict(
            [.. places.Select(place => (anchor, texts.GetAt(place).Key))], options, null, cancellationToken);
        var scores = predictions.Scores.Values.ToArray();
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] = hits[i] with { Score = scores[positives.Count + i] };
        }

        Array.Sort(hits, Selection.Order<SearchHit>());
        return scores[..positives.Count];
    }

    // The encoder reports the number of texts encoded so far.
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
