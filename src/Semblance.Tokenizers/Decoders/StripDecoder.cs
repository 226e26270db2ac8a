using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Removes up to a number of a character from the beginning and the end of each token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : Decoder
{
    /// <summary>Reads a decoder of type Strip.</summary>
    public static new StripDecoder Read(JsonSection json) => json.Text("content", " ") is [var content]
        ? new StripDecoder(content, json.Number("start", 0), json.Number("stop", 0))
        : throw json.Error("'content' is not one character up to U+FFFF");

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => Each(tokens, (token, _) =>
    {
        var (from, to) = (0, token.Length);
        while (from < start && from < to && token[from] == content)
        {
            from++;
        }

        while (token.Length - to < stop && to > from && token[to - 1] == content)
        {
            to--;
        }

        return token[from..to];
    });
}
