using System.Globalization;
using System.Text.Unicode;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Runs of tokens like <c>&lt;0xE4&gt;</c> become the characters that their bytes make, or U+FFFD each where they make none.</summary>
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
