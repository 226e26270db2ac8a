namespace Semblance.Tokenizers.Tests.Training;

/// <summary>Represents a simple reference for the trainer: before each merge, all pairs of all words are counted again.</summary>
internal static class SlowTrainer
{
    public static List<string> Train(IEnumerable<string> words, int size, int minFrequency)
    {
        var counts = words.CountBy(word => word).ToDictionary();
        var split = counts.Keys.ToDictionary(word => word, word => word.EnumerateRunes().Select((rune, i) => i == 0 ? $"{rune}" : $"##{rune}").ToList());
        var pieces = split.Values.SelectMany(word => word).ToHashSet();
        List<string> tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        tokens.AddRange(pieces.Select(piece => piece.Replace("##", "", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
        tokens.AddRange(pieces.Where(piece => piece.StartsWith("##", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        while (tokens.Count < size)
        {
            var best = split.SelectMany(word => word.Value.Zip(word.Value.Skip(1), (left, right) => (Pair: (left, right), Count: counts[word.Key])))
                .GroupBy(at => at.Pair, at => at.Count, (pair, seen) => (Pair: pair, Count: seen.Sum()))
                .OrderByDescending(at => at.Count).ThenBy(at => tokens.IndexOf(at.Pair.left)).ThenBy(at => tokens.IndexOf(at.Pair.right))
                .FirstOrDefault();
            if (best.Count < minFrequency)
            {
                break;
            }

            var (left, right) = best.Pair;
            foreach (var word in split.Values)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] = left + right[2..];
                        word.RemoveAt(i + 1);
                    }
                }
            }

            if (!tokens.Contains(left + right[2..]))
            {
                tokens.Add(left + right[2..]);
            }
        }

        return tokens;
    }
}
