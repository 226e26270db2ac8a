using System.Globalization;

namespace Semblance.Tokenizers.Unicode;

/// <summary>Reads the embedded tables of Unicode properties.</summary>
internal static class UnicodeTable
{
    /// <summary>Returns the lines of a table without its comments.</summary>
    /// <param name="name">The name of the table.</param>
    public static IEnumerable<string> Lines(string name)
    {
        using var reader = new StreamReader(typeof(UnicodeTable).Assembly.GetManifestResourceStream(name)!);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }

    /// <summary>Parses a hexadecimal number.</summary>
    public static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Parses the first and the last character of <c>first..last</c> or <c>character</c>.</summary>
    public static (int First, int Last) Range(ReadOnlySpan<char> text) =>
        text.IndexOf("..") is var dots and >= 0 ? (Hex(text[..dots]), Hex(text[(dots + 2)..])) : (Hex(text), Hex(text));

    /// <summary>Parses characters with a space between them.</summary>
    public static int[] Characters(ReadOnlySpan<char> text)
    {
        var characters = new int[text.Count(' ') + 1];
        var next = 0;
        foreach (var part in text.Split(' '))
        {
            characters[next++] = Hex(text[part]);
        }

        return characters;
    }
}
