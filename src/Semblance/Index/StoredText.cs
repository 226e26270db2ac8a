using System.Globalization;
using System.Text;

namespace Semblance;

/// <summary>
/// Encodes texts that an index stores exactly: text that is not valid Unicode is an error. For implementations of
/// <see cref="IVectorIndex"/>.
/// </summary>
public static class StoredText
{
    private const int LongestShown = 80;

    /// <summary>Gets the UTF-8 encoding that throws on invalid text instead of replacing it.</summary>
    internal static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Encodes a text and throws if it contains a lone surrogate.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The function that returns the name of the text for the message of the exception.</param>
    /// <returns>The UTF-8 bytes of the text.</returns>
    /// <exception cref="ArgumentException">The text contains a lone surrogate.</exception>
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

    /// <summary>Creates the exception for a text that is not valid Unicode.</summary>
    internal static ArgumentException NotUnicode(string name, EncoderFallbackException e) =>
        new($"{name} is not valid Unicode: there is a lone surrogate at index {e.Index}; correct it.", e);

    /// <summary>Throws if a part of a record cannot be stored, and names the part.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="ArgumentException">A text contains a lone surrogate, or a label has no value.</exception>
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
                throw new ArgumentException(
                    $"The label '{Escaped(key)}' with the id '{id}' has no value (null); leave the label out, or give it a text.",
                    nameof(record));
            }

            Bytes(value, () => $"The label '{Escaped(key)}' with the id '{id}'");
        }
    }

    /// <summary>Throws if an id cannot be stored.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ArgumentException">The id contains a lone surrogate.</exception>
    public static void Check(VectorId id)
    {
        if (id.Text is { } text)
        {
            Bytes(text, () => $"The id '{Escaped(id)}'");
        }
    }

    /// <summary>Formats an id for a message.</summary>
    /// <param name="id">The id.</param>
    public static string Escaped(VectorId id) => Escaped(id.ToString());

    /// <summary>
    /// Formats a text for a message: its first 80 characters, with control characters and lone surrogates as <c>\uXXXX</c>.
    /// </summary>
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
