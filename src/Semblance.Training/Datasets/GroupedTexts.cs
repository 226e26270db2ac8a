namespace Semblance.Training;

/// <summary>Positive pairs of texts that come in groups of equal meaning, such as the captions of one image.</summary>
public static class GroupedTexts
{
    /// <summary>Pairs of distinct texts of each group; what is paired is a function of the rows and the seed.</summary>
    /// <param name="rows">
    /// Rows of two texts, the group's name and a text: <c>new DatasetReader(path, new ColumnMapping("group_id", "text"))</c>. A group's rows may lie
    /// anywhere.
    /// </param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="mostPairsPerGroup">
    /// The most pairs of a group. Null, the default, pairs each text with the next in an order by chance, one pair fewer than texts;
    /// <see cref="int.MaxValue"/> pairs every two.
    /// </param>
    /// <returns>The pairs, group after group; none of a group of one text. The label is the group's number, from 0.</returns>
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
                throw new ArgumentException($"A row has {row.Texts.Count} texts; two are expected, the group's name and a text.", nameof(rows));
            }

            groups.TryAdd(row.Texts[0], new(StringComparer.Ordinal));
            groups[row.Texts[0]].TryAdd(row.Texts[1], true);
        }

        return [.. groups.Values.SelectMany((group, number) => Pairs([.. group.Keys], number, seed, mostPairsPerGroup ?? Math.Max(0, group.Count - 1)))];
    }

    /// <summary>The same pairs, each with a text of another group, by chance, as negative.</summary>
    /// <param name="rows">Rows of two texts, the group's name and a text, of at least two groups.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="mostPairsPerGroup">The most pairs of a group, as for pairs.</param>
    /// <returns>Rows of anchor, positive and negative. The label is the number of the anchor's group, from 0.</returns>
    /// <exception cref="ArgumentException">A row does not have two texts, or there is one group only.</exception>
    public static IReadOnlyList<Example> Triplets(IEnumerable<Example> rows, long seed = 42, int? mostPairsPerGroup = null)
    {
        var pairs = Pairs(rows, seed, mostPairsPerGroup);
        if (pairs.Count > 0 && pairs[^1].Label == pairs[0].Label)
        {
            throw new ArgumentException("All pairs are of one group, so there is no text of another for a negative.", nameof(rows));
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

    // Neighbours first, then texts two apart, and so on: no text comes much more often than another.
    private static IEnumerable<Example> Pairs(string[] texts, int number, long seed, int most)
    {
        Permutation.Shuffle<string>(texts, seed, number);
        return Enumerable.Range(1, Math.Max(0, texts.Length - 1))
            .SelectMany(distance => Enumerable.Range(0, texts.Length - distance).Select(i => new Example([texts[i], texts[i + distance]], Label: number)))
            .Take(most);
    }
}
