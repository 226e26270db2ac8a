using System.Text;

namespace Semblance;

/// <summary>Represents a text that is divided into words, as in data sets of one word per line.</summary>
public sealed class TextWords
{
    private TextWords(string text, IReadOnlyList<string> words, int[] starts) => (Text, Words, Starts) = (text, words, starts);

    /// <summary>Gets the text.</summary>
    public string Text { get; }

    /// <summary>Gets the words.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Gets the position of each word in the text, in UTF-16 units.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>
    /// Joins words to a text: with spaces, except beside Chinese and Japanese characters, and except between single characters of a
    /// sentence that is written in them.
    /// </summary>
    /// <param name="words">The words, each with a character that is not white space.</param>
    /// <exception cref="ArgumentException">There is no word, or a word is empty.</exception>
    public static TextWords Join(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0)
        {
            throw new ArgumentException("The text has no words; at least one is expected.", nameof(words));
        }

        var isInCharacters = words.All(word => word is not null && IsOneCharacter(word)) && words.Any(word => IsWideAt(word, 0));
        var text = new StringBuilder();
        var starts = new int[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(words[i]))
            {
                throw new ArgumentException($"Word {i} is empty; a word needs a character that is not white space.", nameof(words));
            }

            if (i > 0 && !isInCharacters && !IsWideAt(words[i], 0) && !IsWideAt(words[i - 1], words[i - 1].Length - 1))
            {
                text.Append(' ');
            }

            starts[i] = text.Length;
            text.Append(words[i]);
        }

        return new TextWords(text.ToString(), words, starts);
    }

    /// <summary>Returns the words as parts of the text with labels.</summary>
    /// <param name="labels">The number of each word's label.</param>
    /// <exception cref="ArgumentException">The number of labels is not the number of words.</exception>
    public IReadOnlyList<LabeledSpan> Label(IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Count == Words.Count
            ? [.. labels.Select((label, i) => new LabeledSpan(Starts[i], Words[i].Length, label))]
            : throw new ArgumentException($"There are {Words.Count} words, but {labels.Count} labels.", nameof(labels));
    }

    private static bool IsOneCharacter(string word) =>
        Rune.DecodeFromUtf16(word, out _, out var length) == System.Buffers.OperationStatus.Done && length == word.Length;

    // Han, kana, bopomofo and full-width forms, which are written without spaces.
    private static bool IsWideAt(string word, int index)
    {
        var first = index > 0 && char.IsLowSurrogate(word[index]) ? index - 1 : index;
        return Rune.DecodeFromUtf16(word.AsSpan(first), out var rune, out _) == System.Buffers.OperationStatus.Done
            && rune.Value is (>= 0x2E80 and <= 0x2FDF) or (>= 0x3000 and <= 0x312F) or (>= 0x3190 and <= 0x4DBF)
                or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF00 and <= 0xFFEF) or (>= 0x20000 and <= 0x3FFFF);
    }
}
