using System.Text.Json;
using System.Text.Unicode;

namespace Semblance.Files.Json;

/// <summary>Parses JSON from an untrusted file.</summary>
/// <remarks>
/// <see cref="JsonDocument"/> accepts a name or a string that is not valid Unicode, and fails when it is read, without the name of the
/// file. This class checks all strings once, so that every string of the result can be read.
/// </remarks>
public static class JsonText
{
    /// <summary>Parses a document.</summary>
    /// <param name="utf8">The bytes of the file; a byte order mark is skipped.</param>
    /// <param name="comments">The handling of comments; by default they are an error, as in RFC 8259.</param>
    /// <returns>The document; the caller disposes it.</returns>
    /// <exception cref="JsonException">
    /// The bytes are not UTF-8, not JSON, nested deeper than 64 levels, or hold an escaped surrogate without its other half.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonCommentHandling comments = JsonCommentHandling.Disallow)
    {
        var text = utf8[(utf8.Span.StartsWith("\uFEFF"u8) ? 3 : 0)..];
        CheckEncoding(text.Span);
        CheckStrings(text.Span, comments);
        return JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = comments });
    }

    private static void CheckEncoding(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            throw new JsonException(text is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] ? "the text is UTF-16, expected UTF-8"
                : text is [0x1F, 0x8B, ..] ? "the file is compressed by gzip, expected text"
                : "found bytes that are not UTF-8");
        }
    }

    private static void CheckStrings(ReadOnlySpan<byte> text, JsonCommentHandling comments)
    {
        if (text.IndexOf("\\ud"u8) < 0 && text.IndexOf("\\uD"u8) < 0)
        {
            return; // only these escapes name half of a surrogate pair
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = comments });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                var line = text[..(int)reader.TokenStartIndex].Count((byte)'\n');
                throw new JsonException($"found half of a surrogate pair in line {line + 1}, expected valid Unicode", null, line, null, e);
            }
        }
    }
}
