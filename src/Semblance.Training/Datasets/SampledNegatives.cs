namespace Semblance.Training;

/// <summary>For questions with their answers, other answers that are not theirs: by chance, or those that a search finds.</summary>
/// <remarks><see cref="HardNegativeMining"/> has margins and limits of scores beside; this takes any <see cref="IRetriever"/>.</remarks>
public static class SampledNegatives
{
    /// <summary>Answers by chance.</summary>
    /// <param name="pairs">Rows whose first two texts are a question and an answer; a question may come several times, and rows of one label are one group, whose answers are for all of it.</param>
    /// <param name="count">How many a row gets, or all that there are where that is fewer.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <returns>The negatives of each row.</returns>
    /// <exception cref="ArgumentException">A row has fewer than two texts.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Random(IReadOnlyList<Example> pairs, int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (answers, own) = Answers(pairs);
        return [.. pairs.Select((pair, i) => Permutation.Lazily(answers.Count, seed, i).Select(answer => answers[answer]).Where(answer => !own[Group(pair)].Contains(answer)).Take(count).ToArray())];
    }

    /// <summary>Answers that a search finds for the question.</summary>
    /// <param name="pairs">Rows whose first two texts are a question and an answer; a question may come several times, and rows of one label are one group, whose answers are for all of it.</param>
    /// <param name="retriever">Makes the search over the answers, such as a <see cref="Bm25Index"/>.</param>
    /// <param name="count">How many a row gets at most.</param>
    /// <param name="skip">How many of the best are left out, since they may answer too.</param>
    /// <param name="within">Among how many of the best after those they are drawn by chance; <paramref name="count"/> takes the best.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The negatives of each row.</returns>
    /// <exception cref="ArgumentException">A row has fewer than two texts.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Hard(
        IReadOnlyList<Example> pairs, Func<IReadOnlyList<string>, IRetriever> retriever, int count, int skip, int within, long seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(within, count);
        var (answers, own) = Answers(pairs);
        Example[] questions = [.. pairs.DistinctBy(pair => pair.Texts[0], StringComparer.Ordinal)];
        var most = own.Values.Max(texts => texts.Count);
        var hits = retriever(answers).Search([.. questions.Select(question => question.Texts[0])], (int)Math.Min(answers.Count, (long)skip + within + most), cancellationToken);
        var found = questions.Zip(hits).ToDictionary(
            pair => pair.First.Texts[0], pair => pair.Second.Select(hit => answers[hit.Index]).Where(answer => !own[Group(pair.First)].Contains(answer)).Skip(skip).Take(within).ToArray(), StringComparer.Ordinal);
        return [.. pairs.Select((pair, i) => found[pair.Texts[0]] is var near && within > count ? Permutation.Lazily(near.Length, seed, i).Take(count).Select(place => near[place]).ToArray() : near)];
    }

    private static (int?, string?) Group(Example pair) => pair.Label is { } group ? (group, null) : (null, pair.Texts[0]);

    // The different answers, and those of each question or group.
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
