using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Decoders;

/// <summary>
/// Decodes connectionist temporal classification (CTC): repeated tokens are merged, padding is removed, a delimiter becomes a space.
/// </summary>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanUp) : Decoder
{
    /// <summary>Reads a decoder of type CTC.</summary>
    public static new CtcDecoder Read(JsonSection json) =>
        new(json.Text("pad_token", "<pad>"), json.Text("word_delimiter_token", "|"), json.Flag("cleanup", true));

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens)
    {
        var parts = new List<string>();
        string? last = null;
        foreach (var token in tokens)
        {
            if (token != last)
            {
                var part = padding.Length > 0 ? token.Replace(padding, "", StringComparison.Ordinal) : token;
                part = cleanUp && delimiter.Length > 0
                    ? WordPieceDecoder.CleanUp(part).Replace(delimiter, " ", StringComparison.Ordinal)
                    : part;
                parts.Add(part);
            }

            last = token;
        }

        return parts;
    }
}
