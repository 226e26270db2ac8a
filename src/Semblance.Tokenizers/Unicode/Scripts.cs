namespace Semblance.Tokenizers.Unicode;

/// <summary>Provides the script of each character as a number; 0 for a character without one and for the space.</summary>
internal static class Scripts
{
    private static readonly (int First, int Last, int Script)[] Ranges = Read();

    /// <summary>Returns the script of a code point; Japanese kana count as Han.</summary>
    public static int Of(int character)
    {
        if (character == ' ')
        {
            return 0;
        }

        // The prolonged sound mark is in the script Common in the table.
        var wanted = character == 0x30FC ? 0x4E00 : character;
        int low = 0, high = Ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = Ranges[middle];
            if (wanted < range.First)
            {
                high = middle - 1;
            }
            else if (wanted > range.Last)
            {
                low = middle + 1;
            }
            else
            {
                return range.Script;
            }
        }

        return 0;
    }

    private static (int First, int Last, int Script)[] Read() =>
    [
        .. UnicodeTable.Lines("Scripts")
            .SelectMany((line, index) => line.Split(' ')[1..].Select(range => (UnicodeTable.Range(range), Script: index + 1)))
            .Select(entry => (entry.Item1.First, entry.Item1.Last, entry.Script)).OrderBy(range => range.First),
    ];
}
