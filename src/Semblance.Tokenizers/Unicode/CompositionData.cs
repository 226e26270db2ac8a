namespace Semblance.Tokenizers.Unicode;

/// <summary>Provides the canonical compositions of two characters.</summary>
internal static class CompositionData
{
    private const int LFirst = 0x1100, LCount = 19, VFirst = 0x1161, VCount = 21, TFirst = 0x11A7, TCount = 28, SFirst = 0xAC00;

    private static readonly Dictionary<(int, int), int> Pairs = Read();

    /// <summary>Returns the composition of two characters, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= LFirst and < LFirst + LCount && second is >= VFirst and < VFirst + VCount)
        {
            return SFirst + ((((first - LFirst) * VCount) + second - VFirst) * TCount);
        }

        if (first is >= SFirst and < SFirst + (LCount * VCount * TCount) && (first - SFirst) % TCount == 0
            && second is > TFirst and < TFirst + TCount)
        {
            return first + second - TFirst;
        }

        return Pairs.TryGetValue((first, second), out var composed) ? composed : -1;
    }

    /// <summary>
    /// Reads the pairs. The last part of a full decomposition never decomposes itself, so the parts before it are the first character of
    /// the pair.
    /// </summary>
    private static Dictionary<(int, int), int> Read()
    {
        var excluded = UnicodeTable.Lines("CompositionExclusions").Select(line => UnicodeTable.Range(line))
            .SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).ToHashSet();
        var composites = CharacterData.AllDecompositions.Where(entry => entry.Value.Length > 1 && !excluded.Contains(entry.Key)).ToArray();
        var byParts = composites.ToDictionary(entry => string.Join(' ', entry.Value), entry => entry.Key);
        return composites.ToDictionary(
            entry => (entry.Value.Length == 2 ? entry.Value[0] : byParts[string.Join(' ', entry.Value[..^1])], entry.Value[^1]),
            entry => entry.Key);
    }
}
