using System.Globalization;
using System.Text;

namespace Semblance;

/// <summary>Texts as an index keeps them: exactly, so what UTF-8 cannot express is refused. For implementations of <see cref="IVectorIndex"/>.</summary>
public static class StoredText
{
    private const int LongestShown = 80;

    /// <summary>UTF-8 that throws instead of replacing what it cannot express.</summary>
    internal static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Refuses a text that holds half of a surrogate pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">Returns what the text is, for the message of the exception.</param>
    /// <returns>The bytes of the text in UTF-8.</returns>
    /// <exception cref="ArgumentException">The text holds half of a surrogate pair.</exception>
    public static byte[] Bytes(string text, Func<string> name)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
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
    internal static ArgumentException NotUnicode(string name, EncoderFallbackException e) =>
        new($"{name} is not Unicode: half of a surrogate pair stands at {e.Index}, and an index keeps texts exactly; correct it.", e);

    /// <summary>Refuses the first part of a record that cannot be kept as it is, by name.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="ArgumentException">A text holds half of a surrogate pair, or a label has no value.</exception>
    public static void Check(VectorRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
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
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentException">The id holds half of a surrogate pair.</exception>
    public static void Check(VectorId id)
    {
        if (id.Text is { } text)
        {
            Bytes(text, () => $"The id '{Escaped(id)}'");
        }
    }

    /// <summary>Returns an id for a message.</summary>
    /// <param name="id">The id.</param>
    public static string Escaped(VectorId id) => Escaped(id.ToString());

    /// <summary>Returns a text for a message: its first 80 characters, with control characters and halves of surrogate pairs as <c>\uXXXX</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Escaped(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
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
