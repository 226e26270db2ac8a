namespace Semblance.Training;

/// <summary>
/// Samples negatives for pairs of question and answer from the answers of other questions: at random, or from the results of a search.
/// </summary>
/// <remarks><see cref="HardNegativeMining"/> supports margins and score limits; this class supports any <see cref="IRetriever"/>.</remarks>
public static class SampledNegatives
{
    /// <summary>Samples negatives at random.</summary>
    /// <param name="pairs">
    /// The rows, whose first two texts are a question and an answer. A question may occur several times; rows with the same label form a
    /// group, whose answers are positives for all its questions.
    /// </param>
    /// <param name="count">The number of negatives per row; fewer if there are not enough answers.</param>
    /// <param name="seed">The random seed.</param>
    /// <returns>The negatives of each row.</returns>
    /// <exception cref="ArgumentException">A row has fewer than two texts.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Random(IReadOnlyList<Example> pairs, int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (answers, own) = Answers(pairs);
        return
        [
            .. pairs.Select((pair, i) => Permutation.Lazily(answers.Count, seed, i)
                .Select(answer => answers[answer])
                .Where(answer => !own[Group(pair)].Contains(answer))
                .Take(count)
                .ToArray()),
        ];
    }

    /// <summary>Samples negatives from the answers that a search returns for the question.</summary>
    /// <param name="pairs">
    /// The rows, whose first two texts are a question and an answer. A question may occur several times; rows with the same label form a
    /// group, whose answers are positives for all its questions.
    /// </param>
    /// <param name="retriever">Creates the retriever over the answers, such as a <see cref="Bm25Index"/>.</param>
    /// <param name="count">The maximum number of negatives per row.</param>
    /// <param name="skip">The number of best hits to skip, since they may be answers too.</param>
    /// <param name="within">
    /// The number of best hits after those to sample from, at least <paramref name="count"/>; <paramref name="count"/> takes the best.
    /// </param>
    /// <param name="seed">The random seed.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>The negatives of each row.</returns>
    /// <exception cref="ArgumentException">A row has fewer than two texts.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Hard(
        IReadOnlyList<Example> pairs, Func<IReadOnlyList<string>, IRetriever> retriever, int count, int skip, int within, long seed,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(within, count);
        var (answers, own) = Answers(pairs);
        Example[] questions = [.. pairs.DistinctBy(pair => pair.Texts[0], StringComparer.Ordinal)];
        var most = own.Values.Max(texts => texts.Count);
        var hits = retriever(answers).Search(
            [.. questions.Select(question => question.Texts[0])], (int)Math.Min(answers.Count, (long)skip + within + most),
            cancellationToken);
        var found = questions.Zip(hits).ToDictionary(
            pair => pair.First.Texts[0],
            pair => pair.Second.Select(hit => answers[hit.Index])
                .Where(answer => !own[Group(pair.First)].Contains(answer))
                .Skip(skip)
                .Take(within)
                .ToArray(),
            StringComparer.Ordinal);
        return
        [
            .. pairs.Select((pair, i) => found[pair.Texts[0]] is var near && within > count
                ? Permutation.Lazily(near.Length, seed, i).Take(count).Select(place => near[place]).ToArray()
                : near),
        ];
    }

    private static (int?, string?) Group(Example pair) => pair.Label is { } group ? (group, null) : (null, pair.Texts[0]);

    // Returns the distinct answers, and those of each question or group.
    private static (IReadOnlyList<string> Answers, Dictionary<(int?, string?), HashSet<string>> Own) Answers(IReadOnlyList<Example> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var own = new Dictionary<(int?, string?), HashSet<string>>();
        foreach (var pair in pairs)
        {
            if (pair.Texts.Count < 2)
            {
                throw new ArgumentException($"A row has {pair.Texts.Count} texts; a question and an answer are expected.", nameof(pairs));
            }

            own.TryAdd(Group(pair), new(StringComparer.Ordinal));
            own[Group(pair)].Add(pair.Texts[1]);
        }

        return ([.. pairs.Select(pair => pair.Texts[1]).Distinct(StringComparer.Ordinal)], own);
    }
}
