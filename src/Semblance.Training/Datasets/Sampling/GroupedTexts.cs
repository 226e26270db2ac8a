namespace Semblance.Training;

/// <summary>Creates positive pairs and triplets from groups of texts with equal meaning, such as the captions of one image.</summary>
public static class GroupedTexts
{
    /// <summary>Creates pairs of distinct texts of each group; they depend only on the rows and the random seed.</summary>
    /// <param name="rows">
    /// The rows, with two texts each, the name of the group and a text: <c>new DatasetReader(path, new ColumnMapping("group_id",
    /// "text"))</c>. The rows of
    /// a group need not be adjacent.
    /// </param>
    /// <param name="seed">The random seed. The default is 42.</param>
    /// <param name="mostPairsPerGroup">
    /// The maximum number of pairs per group. <see langword="null"/>, the default, pairs each text with the next in random order, one pair
    /// fewer than
    /// texts; <see cref="int.MaxValue"/> creates all pairs.
    /// </param>
    /// <returns>The pairs, group by group; groups of one text have none. The label is the number of the group, from 0.</returns>
    /// <exception cref="ArgumentException">A row does not have two texts.</exception>
    public static IReadOnlyList<Example> Pairs(IEnumerable<Example> rows, long seed = 42, int? mostPairsPerGroup = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPairsPerGroup ?? 1, 1, nameof(mostPairsPerGroup));
        var groups = new OrderedDictionary<string, OrderedDictionary<string, bool>>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (row.Texts.Count != 2)
            {
                throw new ArgumentException(
                    $"A row has {row.Texts.Count} texts; two are expected, the name of the group and a text.", nameof(rows));
            }

            groups.TryAdd(row.Texts[0], new(StringComparer.Ordinal));
            groups[row.Texts[0]].TryAdd(row.Texts[1], true);
        }

        return
        [
            .. groups.Values.SelectMany(
                (group, number) => Pairs([.. group.Keys], number, seed, mostPairsPerGroup ?? Math.Max(0, group.Count - 1))),
        ];
    }

    /// <summary>Creates the same pairs, each with a random text of another group as the negative.</summary>
    /// <param name="rows">The rows, with two texts each, the name of the group and a text, of at least two groups.</param>
    /// <param name="seed">The random seed. The default is 42.</param>
    /// <param name="mostPairsPerGroup">
    /// The maximum number of pairs per group, as in <see cref="Pairs(IEnumerable{Example}, long, int?)"/>.
    /// </param>
    /// <returns>The rows of anchor, positive and negative. The label is the number of the anchor's group, from 0.</returns>
    /// <exception cref="ArgumentException">A row does not have two texts, or all rows belong to one group.</exception>
    public static IReadOnlyList<Example> Triplets(IEnumerable<Example> rows, long seed = 42, int? mostPairsPerGroup = null)
    {
        var pairs = Pairs(rows, seed, mostPairsPerGroup);
        if (pairs.Count > 0 && pairs[^1].Label == pairs[0].Label)
        {
            throw new ArgumentException("All pairs belong to one group; negatives need texts of another group.", nameof(rows));
        }

        var others = Permutation.Of(pairs.Count, seed, pairs.Count);
        return [.. pairs.Select((pair, i) =>
        {
            var other = others[i];
            while (pairs[other].Label == pair.Label)
            {
                other = (other + 1) % pairs.Count;
            }

            return pair with { Texts = [.. pair.Texts, pairs[other].Texts[0]] };
        })];
    }

    // Adjacent texts first, then texts two apart, and so on: all texts occur about equally often.
    private static IEnumerable<Example> Pairs(string[] texts, int number, long seed, int most)
    {
        Permutation.Shuffle<string>(texts, seed, number);
        return Enumerable.Range(1, Math.Max(0, texts.Length - 1))
            .SelectMany(distance => Enumerable.Range(0, texts.Length - distance)
                .Select(i => new Example([texts[i], texts[i + distance]], Label: number)))
            .Take(most);
    }
}
