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

    // Neighbours first, then texts two apart, and so on: no text comes much more often than another.
    private static IEnumerable<Example> Pairs(string[] texts, int number, long seed, int most)
    {
        Permutation.Shuffle<string>(texts, seed, number);
        return Enumerable.Range(1, Math.Max(0, texts.Length - 1))
            .SelectMany(distance => Enumerable.Range(0, texts.Length - distance).Select(i => new Example([texts[i], texts[i + distance]], Label: number)))
            .Take(most);
    }
}
