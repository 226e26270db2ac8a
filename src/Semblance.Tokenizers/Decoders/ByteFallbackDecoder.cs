using System.Globalization;
using System.Text.Unicode;

namespace Semblance.Tokenizers.Decoders;

/// <summary>
/// Converts consecutive tokens such as <c>&lt;0xE4&gt;</c> to the characters of their bytes, or to U+FFFD for each byte if they are not
/// UTF-8.
/// </summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens)
    {
        var parts = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, parts);
            parts.Add(token);
        }

        Flush(bytes, parts);
        return parts;
    }

    private static void Flush(List<byte> bytes, List<string> parts)
    {
        if (bytes.Count > 0)
        {
            byte[] all = [.. bytes];
            parts.Add(Utf8.IsValid(all) ? System.Text.Encoding.UTF8.GetString(all) : new string('\uFFFD', all.Length));
            bytes.Clear();
        }
    }
}
