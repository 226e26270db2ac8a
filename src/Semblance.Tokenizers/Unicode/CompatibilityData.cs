namespace Semblance.Tokenizers.Unicode;

/// <summary>Provides compatibility decompositions, which are read at the first use.</summary>
internal static class CompatibilityData
{
    private static readonly Dictionary<int, int[]> Decompositions = Read();

    /// <summary>
    /// Returns the full compatibility decomposition, of any length, or the canonical one in <paramref name="room"/> (4 elements are
    /// enough).
    /// </summary>
    public static ReadOnlySpan<int> Decompose(int character, Span<int> room) =>
        character >= 0xA0 && Decompositions.TryGetValue(character, out var parts) ? parts : CharacterData.Decompose(character, room);

    private static Dictionary<int, int[]> Read()
    {
        var decompositions = new Dictionary<int, int[]>();
        foreach (var line in UnicodeTable.Lines("CompatibilityDecompositions"))
        {
            var semicolon = line.IndexOf(';', StringComparison.Ordinal);
            var (first, last) = UnicodeTable.Range(line.AsSpan(0, semicolon));
            var parts = UnicodeTable.Characters(line.AsSpan(semicolon + 1));
            for (var character = first; character <= last; character++)
            {
                decompositions[character] = first == last ? parts : [parts[0] + character - first];
            }
        }

        return decompositions;
    }
}
