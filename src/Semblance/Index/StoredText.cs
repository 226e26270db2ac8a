using System.Globalization;
using System.Text;

namespace Semblance;

/// <summary>Texts as an index keeps them: exactly, so what UTF-8 cannot express is refused.</summary>
internal static class StoredText
{
    private const int LongestShown = 80;

    /// <summary>UTF-8 that throws instead of replacing what it cannot express.</summary>
    public static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses a text that holds half of a surrogate pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What it is, for the message: called only if it is refused.</param>
    /// <returns>Its bytes in UTF-8.</returns>
    /// <exception cref="ArgumentException">The text cannot be kept as it is.</exception>
    public static byte[] Bytes(string text, Func<string> name)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw NotUnicode(name(), e);
        }
    }

    /// <summary>Says that a text cannot be kept, and where it is not Unicode.</summary>
    public static ArgumentException NotUnicode(string name, EncoderFallbackException e) =>
        new($"{name} is not Unicode: half of a surrogate pair stands at {e.Index}, and an index keeps texts exactly; correct it.", e);

    /// <summary>Refuses the first part of a record that cannot be kept as it is, by name.</summary>
    /// <exception cref="ArgumentException">A text is not Unicode, or a label has no value.</exception>
    public static void Check(VectorRecord record)
    {
        Check(record.Id);
        var id = Escaped(record.Id);
        if (record.Text is { } text)
        {
            Bytes(text, () => $"The text with the id '{id}'");
        }

        foreach (var (key, value) in record.Metadata ?? new Dictionary<string, string>())
        {
            Bytes(key, () => $"The name of a label ('{Escaped(key)}') with the id '{id}'");
            if (value is null)
            {
                throw new ArgumentException($"The label '{Escaped(key)}' with the id '{id}' has no value (null); leave the label out, or give it a text.", nameof(record));
            }

            Bytes(value, () => $"The label '{Escaped(key)}' with the id '{id}'");
        }
    }

    /// <summary>Refuses an id that cannot be kept as it is.</summary>
    /// <exception cref="ArgumentException">The id is not Unicode.</exception>
    public static void Check(VectorId id)
    {
        if (id.Text is { } text)
        {
            Bytes(text, () => $"The id '{Escaped(id)}'");
        }
    }

    /// <summary>An id for a message.</summary>
    public static string Escaped(VectorId id) => Escaped(id.ToString());

    /// <summary>A text for a message: its beginning, with control characters and halves of surrogate pairs as <c>\uXXXX</c>.</summary>
    public static string Escaped(string text)
    {
        var shown = new StringBuilder();
        var index = 0;
        for (; index < text.Length && index < LongestShown; index++)
        {
            if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
            {
                shown.Append(text, index++, 2);
            }
            else if (char.IsControl(text[index]) || char.IsSurrogate(text[index]))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:x4}");
            }
            else
            {
                shown.Append(text[index]);
            }
        }

        return index < text.Length ? $"{shown}…" : shown.ToString();
    }
}
