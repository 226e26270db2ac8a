using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Decoders;

/// <summary>Replaces the visible space of SentencePiece (▁) with a space, and removes it from the first token.</summary>
internal sealed class MetaspaceDecoder(char replacement, PrependScheme scheme) : Decoder
{
    /// <summary>Reads a decoder of type Metaspace.</summary>
    public static new MetaspaceDecoder Read(JsonSection json) => new(Metaspace.ReadReplacement(json), Metaspace.ReadScheme(json));

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => Each(tokens, (token, index) => index == 0 && scheme != PrependScheme.Never
        ? token.Replace(replacement.ToString(), "", StringComparison.Ordinal)
        : token.Replace(replacement, ' '));
}
