using System.Text;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Replaces the matches of a pattern in each token.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : Decoder
{
    /// <inheritdoc/>
    public override double Growth => pattern.Growth(content);

    /// <summary>Reads a decoder of type Replace.</summary>
    public static new ReplaceDecoder Read(JsonSection json) => new(TextPattern.Read(json.Required("pattern")), json.Text("content"));

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens)
    {
        var matches = new List<(int Start, int End)>();
        return Each(tokens, (token, _) =>
        {
            pattern.FindAll(token, matches);
            if (matches.Count == 0)
            {
                return token;
            }

            var result = new StringBuilder();
            var position = 0;
            foreach (var (start, end) in matches)
            {
                result.Append(token, position, start - position).Append(content);
                position = end;
            }

            return result.Append(token, position, token.Length - position).ToString();
        });
    }
}
