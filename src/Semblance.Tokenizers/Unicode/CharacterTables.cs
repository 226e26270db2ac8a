using System.Globalization;

namespace Semblance.Tokenizers.Unicode;

/// <summary>Represents the tables of <see cref="CharacterData"/> in memory.</summary>
internal sealed class CharacterTables
{
    /// <summary>Initializes a new instance of the <see cref="CharacterTables"/> class from the embedded tables.</summary>
    public CharacterTables()
    {
        foreach (var line in UnicodeTable.Lines("CharacterClasses"))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var name = line.AsSpan(0, space);
            var (first, last) = UnicodeTable.Range(line.AsSpan(space + 1));
            var flag = name switch
            {
                "C" => CharacterClass.Control,
                "P" => CharacterClass.Punctuation,
                "M" => CharacterClass.Mark,
                _ => CharacterClass.Combining,
            };
            foreach (ref var classes in Classes.AsSpan(first..(last + 1)))
            {
                classes |= flag;
            }

            for (var character = first; flag == CharacterClass.Combining && character <= last; character++)
            {
                CombiningClasses[character] = byte.Parse(name, CultureInfo.InvariantCulture);
            }
        }

        foreach (var line in UnicodeTable.Lines("Decompositions"))
        {
            var semicolon = line.IndexOf(';', StringComparison.Ordinal);
            var character = UnicodeTable.Hex(line.AsSpan(0, semicolon));
            Decompositions[character] = UnicodeTable.Characters(line.AsSpan(semicolon + 1));
            Classes[character] |= CharacterClass.Decomposes;
        }
    }

    /// <summary>Gets the classes of all characters.</summary>
    public CharacterClass[] Classes { get; } = new CharacterClass[0x110000];

    /// <summary>Gets the canonical combining classes other than 0.</summary>
    public Dictionary<int, byte> CombiningClasses { get; } = [];

    /// <summary>Gets the full canonical decompositions, without those of the Hangul syllables.</summary>
    public Dictionary<int, int[]> Decompositions { get; } = [];
}
